package io.walkback.repository.blob;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.io.InputStream;

/// Reading blobs without `IOException`: stores throw failures with a code, and a stream that breaks its promise is
/// one of those.
public final class BlobReads {
    private BlobReads() {}

    /// The whole blob, for small ones: more than `limit` bytes are `OBJECT_CORRUPT`.
    public static byte[] all(BlobStore store, BlobKey key, int limit) {
        long size = sizeOf(store, key);
        if (size > limit) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "object '" + key + "' has " + size + " bytes, more than the " + limit + " that its kind can have",
                    "Something that is not ours was written into the repository.");
        }
        return range(store, key, new ByteRange(0, size));
    }

    /// The size of a blob that must be there; otherwise `OBJECT_MISSING`.
    public static long sizeOf(BlobStore store, BlobKey key) {
        return store.size(key).orElseThrow(() -> missing(store, key));
    }

    public static CorruptDataException missing(BlobStore store, BlobKey key) {
        return new CorruptDataException(
                FailureCode.OBJECT_MISSING,
                "object '" + key + "' is not in repository '" + store.location() + "'",
                "Something outside Walkback removed it, or the repository is not the one it was written to.");
    }

    /// The bytes of a range, all of them.
    public static byte[] range(BlobStore store, BlobKey key, ByteRange range) {
        byte[] bytes = new byte[Math.toIntExact(range.length())];
        try (InputStream in = store.open(key, range)) {
            fill(in, key, bytes, 0, bytes.length);
            return bytes;
        } catch (IOException close) {
            throw broken(key, close);
        }
    }

    /// Reads exactly `length` bytes into `into`.
    public static void fill(InputStream in, BlobKey key, byte[] into, int offset, int length) {
        try {
            int got = in.readNBytes(into, offset, length);
            if (got < length) {
                throw new RetryableException(
                        FailureCode.STORE_UNAVAILABLE,
                        "the store sent " + got + " of " + length + " bytes of object '" + key + "'",
                        "The connection to the store was cut.");
            }
        } catch (IOException unreadable) {
            throw broken(key, unreadable);
        }
    }

    private static RetryableException broken(BlobKey key, IOException cause) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "reading object '" + key + "' failed: " + cause.getMessage(),
                "Check that the store is reachable.",
                cause);
    }
}
