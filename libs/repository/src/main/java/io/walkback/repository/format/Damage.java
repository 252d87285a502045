package io.walkback.repository.format;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobKey;

/// The two ways in which an object cannot be used, each naming it (P3).
public final class Damage {
    private Damage() {}

    /// The bytes are not the ones that were written.
    public static CorruptDataException corrupt(BlobKey key, String what) {
        return new CorruptDataException(
                FailureCode.OBJECT_CORRUPT,
                "object '" + key + "' is damaged: " + what,
                "Restore from another backup or another copy of the repository, and find out what changed the object.");
    }

    /// The bytes are intact, and say something that this version does not know.
    public static OperatorActionException unknown(BlobKey key, String what) {
        return new OperatorActionException(
                FailureCode.STORE_LAYOUT,
                "object '" + key + "' has " + what + ", which this version does not know",
                "Use the version of Walkback that wrote the repository, or a later one.");
    }
}
