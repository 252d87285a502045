package io.walkback.repository.blob;

import java.util.List;

/// What a store says of itself when it is asked.
///
/// @param versioning    whether an overwritten or deleted blob's bytes are kept
/// @param mfaDelete     whether a version can only be destroyed with a second factor
/// @param objectLock    whether blobs can be locked
/// @param defaultLock   the lock that the store gives by itself, as it names it; empty for none
/// @param lifecycle     the store's own rules that delete or move blobs, by id; they know nothing of backups
/// @param lifecycleSeen whether the store could be asked for those rules
/// @param checksums     whether it refuses a blob whose checksum does not match
public record StoreTraits(
        Answer versioning,
        Answer mfaDelete,
        Answer objectLock,
        String defaultLock,
        List<String> lifecycle,
        Answer lifecycleSeen,
        Answer checksums) {
    /// Three answers, since "could not ask" is none of the other two.
    public enum Answer {
        ENABLED,
        DISABLED,
        UNKNOWN
    }

    public StoreTraits {
        lifecycle = List.copyOf(lifecycle);
    }

    /// A store without any of it.
    public static StoreTraits none() {
        return new StoreTraits(
                Answer.DISABLED, Answer.DISABLED, Answer.DISABLED, "", List.of(), Answer.ENABLED, Answer.DISABLED);
    }
}
