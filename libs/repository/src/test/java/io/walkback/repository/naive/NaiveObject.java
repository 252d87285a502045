package io.walkback.repository.naive;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Sections 2, 5 and 6: an object's header, frames and footer.
final class NaiveObject {
    static final byte[] NO_EXTENT = new byte[16];
    static final int ANY = -1;

    final byte[] bytes;
    final char kind;
    final boolean sealed;
    final UUID repository;
    final UUID id;
    final UUID keyId;
    final SortedMap<Integer, byte[]> fields;
    final byte[] header;
    private byte @Nullable [] key;

    /// A text that was in frames.
    static final class Text {
        private final byte[] plain;
        private final byte[] frameDigests;
        private final int nextOrdinal;

        Text(byte[] plain, byte[] frameDigests, int nextOrdinal) {
            this.plain = plain;
            this.frameDigests = frameDigests;
            this.nextOrdinal = nextOrdinal;
        }

        byte[] plain() {
            return plain;
        }

        byte[] frameDigests() {
            return frameDigests;
        }

        int nextOrdinal() {
            return nextOrdinal;
        }
    }

    NaiveObject(byte[] bytes) {
        this.bytes = bytes;
        NaiveBytes in = new NaiveBytes(bytes);
        assertThat(in.number(1)).isEqualTo(1);
        assertThat(in.raw(2)).containsExactly('W', 'B');
        kind = (char) in.number(1);
        sealed = in.number(1) == 1;
        assertThat(in.number(1)).isZero();
        int fieldsLength = in.small(2);
        repository = in.uuid();
        id = in.uuid();
        keyId = in.uuid();
        in.number(8);
        fields = new NaiveBytes(in.raw(fieldsLength)).fields();
        header = Arrays.copyOf(bytes, 64 + fieldsLength + 4);
        assertThat(in.number(4)).isEqualTo(crc(header, header.length - 4));
    }

    byte[] field(int tag) {
        byte[] value = fields.get(tag);
        if (value == null) {
            throw new AssertionError("no field " + tag);
        }
        return value;
    }

    NaiveBytes in(int tag) {
        return new NaiveBytes(field(tag));
    }

    /// The key of this object, out of the data key: HKDF-SHA256 without salt; one block is enough.
    void unseal(byte[] dataKey) throws Exception {
        byte[] extracted = hmac(new byte[32], dataKey);
        ByteBuffer info = ByteBuffer.allocate(32);
        info.put("walkback seal 1".getBytes(StandardCharsets.US_ASCII));
        info.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        info.put((byte) 1);
        key = hmac(extracted, info.array());
    }

    /// The frames from `offset` on that take `stored` bytes.
    Text frames(NaivePmac leaf, NaivePmac node, int offset, int stored, byte[] extent, int ordinal) throws Exception {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        int place = ordinal;
        for (int at = offset; at < offset + stored; ) {
            NaiveBytes in = new NaiveBytes(Arrays.copyOfRange(bytes, at, at + 32));
            int codec = in.small(1);
            int found = in.small(3);
            int plainLength = in.small(4);
            int storedLength = in.small(4);
            byte[] digest = in.raw(16);
            byte[] content = Arrays.copyOfRange(bytes, at + 32, at + 32 + storedLength);
            CRC32C crc = new CRC32C();
            crc.update(bytes, at, 28);
            crc.update(content);
            assertThat(in.number(4)).isEqualTo(crc.getValue());
            if (sealed) {
                assertThat(place).isIn(ANY, found);
                place = found + 1;
                content = open(content, found, extent, codec, plainLength);
            } else {
                assertThat(found).isZero();
            }
            byte[] text = codec == 1 ? Zstd.decompress(content, plainLength) : content;
            assertThat(text).hasSize(plainLength);
            assertThat(digest(leaf, node, 1, text)).isEqualTo(digest);
            plain.writeBytes(text);
            digests.writeBytes(digest);
            at += 32 + storedLength;
        }
        return new Text(plain.toByteArray(), digests.toByteArray(), place);
    }

    private byte[] open(byte[] content, int ordinal, byte[] extent, int codec, int plainLength) throws Exception {
        ByteBuffer associated = ByteBuffer.allocate(91);
        associated.put((byte) 1).put((byte) kind);
        associated.putLong(repository.getMostSignificantBits()).putLong(repository.getLeastSignificantBits());
        associated.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        associated.put(MessageDigest.getInstance("SHA-256").digest(header));
        associated.putInt(ordinal).put(extent).put((byte) codec).putInt(plainLength);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = ByteBuffer.allocate(12).putInt(8, ordinal).array();
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated.array());
        return cipher.doFinal(content);
    }

    /// The footer's fields.
    ///
    /// @param end of the footer within the object
    NaiveFooter footer(int end) {
        NaiveBytes tail = new NaiveBytes(Arrays.copyOfRange(bytes, end - 12, end));
        int length = tail.small(4);
        long crc = tail.number(4);
        assertThat(tail.raw(4)).containsExactly('W', 'B', 'F', 'T');
        byte[] covered = Arrays.copyOfRange(bytes, end - 12 - length, end - 8);
        assertThat(crc(covered, covered.length)).isEqualTo(crc);
        return new NaiveFooter(new NaiveBytes(Arrays.copyOf(covered, length)).fields());
    }

    record NaiveFooter(SortedMap<Integer, byte[]> fields) {
        NaiveBytes in(int tag) {
            byte[] value = fields.get(tag);
            if (value == null) {
                throw new AssertionError("no field " + tag);
            }
            return new NaiveBytes(value);
        }
    }

    static byte[] digest(NaivePmac leaf, NaivePmac node, int domain, byte[] text) throws Exception {
        ByteArrayOutputStream leaves = new ByteArrayOutputStream();
        for (int at = 0; at < text.length; at += 8192) {
            leaves.writeBytes(leaf.tag(Arrays.copyOfRange(text, at, Math.min(text.length, at + 8192))));
        }
        return node.tag(concat(length(domain, text.length), leaves.toByteArray()));
    }

    /// How a digest's text begins: what it is of, and how long that is.
    static byte[] length(int domain, long length) {
        return ByteBuffer.allocate(9).put((byte) domain).putLong(length).array();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static long crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }

    private static byte[] hmac(byte[] key, byte[] text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }
}
