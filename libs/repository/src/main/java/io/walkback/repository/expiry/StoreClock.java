package io.walkback.repository.expiry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.DeleteOutcome;
import java.time.Instant;
import java.util.UUID;

/// What time a store says it is: an empty object is stored, looked at and deleted again. To the second at least.
final class StoreClock {
    /// Not the name of a database: those begin with a letter or digit.
    private static final BlobKey PROBES = new BlobKey("_probes");

    private StoreClock() {}

    static Instant read(BlobStore store) {
        BlobKey probe = PROBES.child(UUID.randomUUID().toString());
        store.putIfAbsent(probe, new byte[0]);
        try (BlobListing<BlobEntry> listing = store.list(BlobPrefix.below(PROBES))) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (entry.key().equals(probe)) {
                    return entry.storedAt();
                }
            }
        } finally {
            // Where a lock keeps it an empty object stays.
            DeleteOutcome _ = store.delete(probe);
        }
        throw new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "object '" + probe + "' was stored in '" + store.location() + "' and does not appear in a listing",
                "The store lists late; it is asked again.");
    }
}
