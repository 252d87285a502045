package io.walkback.repository.blob;

import java.time.Instant;
import java.util.Optional;

/// What a store that locks its blobs can do besides. Each blob is locked as it is written; a lock is made longer,
/// never shorter and never lifted. Thread-safe; failures as for [BlobStore].
public interface BlobLocks {
    /// How hard the lock is, the harder one later.
    enum Mode {
        /// A person with a permission of his own may lift it.
        GOVERNANCE,
        /// Nobody can, before it ends.
        COMPLIANCE
    }

    Mode mode();

    /// Until when a blob is locked that is written now.
    Instant retainUntil();

    /// Locks the blob at least until then. A lock that ends later stays as it is. A blob that is not there is
    /// `OBJECT_MISSING`.
    void extendRetention(BlobKey key, Instant until);

    /// When the blob's lock ends; empty when it has none. A legal hold counts as [Instant#MAX].
    Optional<Instant> retainedUntil(BlobKey key);
}
