package io.walkback.repository.format;

import io.walkback.repository.blob.BlobKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/// Reads what [ByteSink] wrote. Whatever does not fit is damage of the object that the bytes came from. Not
/// thread-safe.
public final class ByteSource {
    private final BlobKey key;
    private final ByteBuffer bytes;

    /// @param key the object that the bytes are from, for messages
    public ByteSource(BlobKey key, byte[] bytes) {
        this(key, bytes, 0, bytes.length);
    }

    public ByteSource(BlobKey key, byte[] bytes, int offset, int length) {
        this.key = key;
        this.bytes = ByteBuffer.wrap(bytes, offset, length).slice();
    }

    public BlobKey key() {
        return key;
    }

    public int remaining() {
        return bytes.remaining();
    }

    public int u8() {
        need(1);
        return bytes.get() & 0xFF;
    }

    public int u16() {
        need(2);
        return bytes.getShort() & 0xFFFF;
    }

    public int u32() {
        need(4);
        return bytes.getInt();
    }

    public long u64() {
        need(8);
        return bytes.getLong();
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = u8();
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw Damage.corrupt(key, "a number longer than 64 bits");
    }

    /// A varint that must lie in `0..limit`, `what` naming it in the failure.
    public int count(int limit, String what) {
        long value = varint();
        if (value < 0 || value > limit) {
            throw Damage.corrupt(key, what + " of " + Long.toUnsignedString(value) + ", at most " + limit);
        }
        return (int) value;
    }

    /// A varint that must not be negative as a signed number.
    public long length(String what) {
        long value = varint();
        if (value < 0) {
            throw Damage.corrupt(key, what + " of " + Long.toUnsignedString(value));
        }
        return value;
    }

    public byte[] raw(int length) {
        need(length);
        byte[] content = new byte[length];
        bytes.get(content);
        return content;
    }

    public byte[] counted() {
        return raw(count(bytes.remaining(), "a length"));
    }

    /// The next counted bytes as a source of their own, without copying.
    public ByteSource part() {
        int length = count(bytes.remaining(), "a length");
        ByteSource part = new ByteSource(key, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        bytes.position(bytes.position() + length);
        return part;
    }

    public String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(counted()))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw Damage.corrupt(key, "text that is not UTF-8");
        }
    }

    public UUID uuid() {
        return new UUID(u64(), u64());
    }

    public Instant time() {
        return Instant.EPOCH.plus(u64(), ChronoUnit.MICROS);
    }

    /// Fails unless everything was read.
    public void end() {
        if (bytes.hasRemaining()) {
            throw Damage.corrupt(key, bytes.remaining() + " bytes too many");
        }
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw Damage.corrupt(key, "it ends " + (count - bytes.remaining()) + " bytes too early");
        }
    }
}
