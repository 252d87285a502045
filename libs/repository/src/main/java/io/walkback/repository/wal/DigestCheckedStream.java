package io.walkback.repository.wal;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.format.Damage;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/// Passes bytes on and, at their end, fails unless they have the expected digest.
final class DigestCheckedStream extends FilterInputStream {
    private final BlobKey key;
    private final MessageDigest digest;
    private final byte[] expected;
    private boolean checked;

    DigestCheckedStream(BlobKey key, InputStream in, MessageDigest digest, byte[] expected) {
        super(in);
        this.key = key;
        this.digest = digest;
        this.expected = expected;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = in.read(into, offset, length);
        if (count >= 0) {
            digest.update(into, offset, count);
        } else if (!checked) {
            checked = true;
            if (!MessageDigest.isEqual(digest.digest(), expected)) {
                throw Damage.corrupt(key, "its content does not match its SHA-256");
            }
        }
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[Math.clamp(count, 0, 64 << 10)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
