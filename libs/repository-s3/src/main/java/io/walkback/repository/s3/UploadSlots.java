package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// How many parts a store sends at once, over all of its writers: four fill a gigabit line at the latencies of S3
/// within one region, and hold 32 MiB. Thread-safe.
///
/// A slot is taken by whoever has a full part and given back when that part is stored or has failed, both within
/// the budget of a request; so writers that wait for a slot never wait for each other. The bytes of a part that is
/// stored are filled again by the next one: new ones for each part made the collector of the worker's small heap
/// copy arrays of 8 MiB, a tenth of the processor time of a backup.
final class UploadSlots {
    static final int SLOTS = 4;

    private final Semaphore free = new Semaphore(SLOTS);
    private final Deque<byte[]> used = new ArrayDeque<>(SLOTS);
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

    /// The bytes of a part that was sent, to be filled again, or null when none are left over. Their content is
    /// anything.
    byte @Nullable [] again() {
        synchronized (used) {
            return used.pollFirst();
        }
    }

    /// Leaves the bytes of a part to the next one. The caller uses them no more.
    void leave(byte[] part) {
        synchronized (used) {
            if (part.length == PartSizes.SMALLEST && used.size() < SLOTS) {
                used.addFirst(part);
            }
        }
    }
}
