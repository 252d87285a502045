package io.walkback.repository.seal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// What somebody can do to stored bytes who knows the format and has no key: every checksum fits afterwards.
final class Forger {
    private Forger() {}

    /// Where a frame is in an object.
    record Frame(int offset, int length) {}

    static int headerLength(byte[] object) {
        return 64 + (int) number(object, 6, 2) + 4;
    }

    /// The frames from the header to byte `end`.
    static List<Frame> frames(byte[] object, int end) {
        List<Frame> frames = new ArrayList<>();
        for (int at = headerLength(object); at < end; ) {
            int length = 32 + (int) number(object, at + 8, 4);
            frames.add(new Frame(at, length));
            at += length;
        }
        return frames;
    }

    /// Replaces one text by another of equal length in the header, and makes its checksum fit.
    static byte[] relabelled(byte[] object, byte[] before, byte[] after) {
        byte[] forged = object.clone();
        int length = headerLength(object);
        int found = 0;
        for (int at = 0; at + before.length <= length; at++) {
            if (Arrays.equals(forged, at, at + before.length, before, 0, before.length)) {
                System.arraycopy(after, 0, forged, at, after.length);
                found++;
            }
        }
        if (found == 0) {
            throw new AssertionError("the header does not hold what is to be replaced");
        }
        return withHeaderChecksum(forged);
    }

    static byte[] withHeaderChecksum(byte[] object) {
        int length = headerLength(object);
        put(object, length - 4, crc(object, 0, length - 4), 4);
        return object;
    }

    /// Where the fields of a footer begin that ends at `end`.
    static int footerOffset(byte[] object, int end) {
        return end - 12 - (int) number(object, end - 12, 4);
    }

    static void withFooterChecksum(byte[] object, int end) {
        int offset = footerOffset(object, end);
        put(object, end - 8, crc(object, offset, end - 8 - offset), 4);
    }

    static void withSha256(byte[] manifest) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(manifest, manifest.length - 32));
            System.arraycopy(digest, 0, manifest, manifest.length - 32, 32);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static long number(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | (bytes[offset + i] & 0xFF);
        }
        return value;
    }

    static void put(byte[] bytes, int offset, long value, int length) {
        for (int i = 0; i < length; i++) {
            bytes[offset + i] = (byte) (value >>> (8 * (length - 1 - i)));
        }
    }

    private static long crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }
}
