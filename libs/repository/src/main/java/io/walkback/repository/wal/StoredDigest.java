package io.walkback.repository.wal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.extent.Digester;
import java.io.InputStream;
import java.security.MessageDigest;

/// Tells whether the bytes of an object that are read are those that were written: SHA-256 over the keyed digests
/// of their 8 KiB blocks, at about the speed of memory. Never stored. Not thread-safe; holds 64 KiB.
final class StoredDigest {
    private final Digester digester;
    private final MessageDigest blocks = WalObjects.sha256();
    private final byte[] buffer = new byte[8 * Digester.PAGE];
    private final byte[] digests = new byte[buffer.length / Digester.PAGE * 16];
    private int filled;
    private long length;

    StoredDigest(Digester digester) {
        this.digester = digester;
    }

    void add(byte[] bytes, int offset, int count) {
        for (int done = 0; done < count; ) {
            int taken = Math.min(count - done, buffer.length - filled);
            System.arraycopy(bytes, offset + done, buffer, filled, taken);
            done += taken;
            filled(taken);
        }
    }

    /// Adds exactly `count` bytes of a stream, or fails as the store does.
    void addAll(BlobKey key, InputStream in, long count) {
        for (long left = count; left > 0; ) {
            int taken = (int) Math.min(left, buffer.length - filled);
            BlobReads.fill(in, key, buffer, filled, taken);
            left -= taken;
            filled(taken);
        }
    }

    long length() {
        return length;
    }

    /// The digest of all bytes. Call it once, at the end.
    byte[] value() {
        digest();
        return blocks.digest();
    }

    private void filled(int more) {
        filled += more;
        length += more;
        if (filled == buffer.length) {
            digest();
        }
    }

    private void digest() {
        digester.pages(buffer, filled, digests);
        blocks.update(digests, 0, (filled + Digester.PAGE - 1) / Digester.PAGE * 16);
        filled = 0;
    }
}
