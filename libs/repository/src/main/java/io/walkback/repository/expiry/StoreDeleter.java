package io.walkback.repository.expiry;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.DeleteOutcome;

/// Deletes from one store while the claim holds.
///
/// @param log asked before each batch whether the claim still holds
record StoreDeleter(BlobStore store, ExpiryLog log) implements Sweep.Deleter {
    @Override
    public void begin() throws InterruptedException {
        log.requireHeld();
    }

    /// False when a lock of the store keeps it (F30).
    @Override
    public boolean delete(BlobKey key) {
        return store.delete(key) != DeleteOutcome.RETAINED;
    }
}
