package io.walkback.repository.seal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import java.util.Optional;
import java.util.UUID;

/// Where the wrappers of one key lie, one object for each key-encryption key, and whose key it is.
///
/// @param keyId the data key's id; [#NAMING] for the naming key
/// @param owner empty for the naming key
public record KeyPlace(BlobKey folder, UUID keyId, Optional<Owner> owner) {
    /// The id under which the naming key is wrapped.
    public static final UUID NAMING = new UUID(0, 0);

    /// A lineage, as its wrapped keys name it.
    public record Owner(long system, String database) {}

    /// The repository's naming key.
    public static KeyPlace naming() {
        return new KeyPlace(new BlobKey("keys/naming"), NAMING, Optional.empty());
    }

    public BlobKey wrapper(KekId kek) {
        return folder.child(kek.hex());
    }

    public BlobPrefix wrappers() {
        return BlobPrefix.below(folder);
    }
}
