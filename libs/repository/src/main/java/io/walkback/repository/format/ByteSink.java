package io.walkback.repository.format;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;

/// A growing array of bytes in the format's encodings: big-endian integers, LEB128 varints, counted bytes and
/// text. For headers, footers and single records; anything longer goes out through frames. Not thread-safe.
public final class ByteSink {
    private byte[] bytes;
    private int size;

    public ByteSink(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    public int size() {
        return size;
    }

    /// The array behind this sink, valid up to [#size] and until the next write.
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void clear() {
        size = 0;
    }

    public ByteSink u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    public ByteSink u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ByteSink u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    public ByteSink u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    public ByteSink varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            u8((int) rest | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    public ByteSink raw(byte[] content) {
        return raw(content, 0, content.length);
    }

    public ByteSink raw(byte[] content, int offset, int length) {
        room(length);
        System.arraycopy(content, offset, bytes, size, length);
        size += length;
        return this;
    }

    public ByteSink counted(byte[] content) {
        return varint(content.length).raw(content);
    }

    public ByteSink text(String text) {
        return counted(text.getBytes(StandardCharsets.UTF_8));
    }

    public ByteSink uuid(UUID uuid) {
        return u64(uuid.getMostSignificantBits()).u64(uuid.getLeastSignificantBits());
    }

    public ByteSink time(Instant time) {
        return u64(ChronoUnit.MICROS.between(Instant.EPOCH, time));
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), Math.multiplyExact(bytes.length, 2)));
        }
    }
}
