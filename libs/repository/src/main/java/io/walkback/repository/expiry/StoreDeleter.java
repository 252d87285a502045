package io.walkback.repository.expiry;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.DeleteOutcome;

/// Deletes from one store while the claim holds.
///
/// @param log asked before each batch whether the claim still holds
/// @param original whether it is the place that backups and WAL are restored from: what goes there is told
record StoreDeleter(BlobStore store, ExpiryLog log, boolean original) implements Sweep.Deleter {
    @Override
    public void begin() throws InterruptedException {
        log.requireHeld();
    }

    @Override
    public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) throws InterruptedException {
        if (original) {
            log.walGoes(system, timeline, from, to);
        }
    }

    /// False when a lock of the store keeps it (F30).
    @Override
    public boolean delete(BlobKey key) {
        return store.delete(key) != DeleteOutcome.RETAINED;
    }
}
