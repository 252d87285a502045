package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobKey;
import java.util.concurrent.Semaphore;

/// How many parts a store sends at once, over all of its writers: four fill a gigabit line at the latencies of S3
/// within one region, and hold 32 MiB. Thread-safe.
///
/// A slot is taken by whoever has a full part and given back when that part is stored or has failed, both within
/// the budget of a request; so writers that wait for a slot never wait for each other.
final class UploadSlots {
    static final int SLOTS = 4;

    private final Semaphore free = new Semaphore(SLOTS);
    private final S3Failures failures;

    UploadSlots(S3Failures failures) {
        this.failures = failures;
    }

    void take(BlobKey key) {
        try {
            free.acquire();
        } catch (InterruptedException interrupted) {
            throw failures.interrupted("storing object '" + key + "'", interrupted);
        }
    }

    void giveBack() {
        free.release();
    }
}
