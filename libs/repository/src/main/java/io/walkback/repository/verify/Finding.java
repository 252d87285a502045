package io.walkback.repository.verify;

import io.walkback.repository.blob.BlobKey;

/// Something wrong with one object.
///
/// @param what a fact with its values, lower case, without a full stop
public record Finding(Type type, BlobKey key, String what) {
    /// What kind of wrong. Names are kept: events carry them.
    public enum Type {
        /// A manifest names it and it is not there.
        MISSING,
        /// Its bytes are not those that were written.
        DAMAGED,
        /// A newer version wrote it.
        UNKNOWN_FORMAT,
        /// Two places that should agree do not.
        INCONSISTENT
    }
}
