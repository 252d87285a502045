package io.walkback.repository.copy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// Copies single objects, as fresh puts. Thread-safe; a call takes 64 KiB and what the target's writer takes.
final class ObjectCopier {
    private static final int BUFFER = 64 << 10;

    private final BlobStore from;
    private final BlobStore to;
    private final AtomicLong copied = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong present = new AtomicLong();

    ObjectCopier(BlobStore from, BlobStore to) {
        this.from = from;
        this.to = to;
    }

    /// Sees to it that the target has the object with this size.
    ///
    /// An object that the source does not have is `OBJECT_MISSING`; one that either side holds with another size is
    /// `OBJECT_CORRUPT`. Both name it.
    void copy(BlobKey key, long size) {
        OptionalLong there = to.size(key);
        if (there.isPresent()) {
            requireSize(to, key, there.getAsLong(), size);
            present.incrementAndGet();
            return;
        }
        requireSize(from, key, BlobReads.sizeOf(from, key), size);
        try (InputStream in = from.open(key, new ByteRange(0, size));
                BlobWriter out = to.newWriter(key)) {
            byte[] buffer = new byte[BUFFER];
            for (long left = size; left > 0; ) {
                int length = (int) Math.min(buffer.length, left);
                BlobReads.fill(in, key, buffer, 0, length);
                out.write(buffer, 0, length);
                left -= length;
            }
            // Whoever came first, the object is there once the store has answered; its size tells whether it is ours.
            out.commit();
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
        requireSize(to, key, BlobReads.sizeOf(to, key), size);
        copied.incrementAndGet();
        bytes.addAndGet(size);
    }

    long copied() {
        return copied.get();
    }

    long bytes() {
        return bytes.get();
    }

    long present() {
        return present.get();
    }

    private static void requireSize(BlobStore store, BlobKey key, long found, long expected) {
        if (found != expected) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "object '" + key + "' has " + found + " bytes in '" + store.location() + "' instead of " + expected,
                    "Verify both repositories; nothing was overwritten.");
        }
    }
}
