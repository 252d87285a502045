package io.walkback.repository.format;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first bytes of every object: version, kind, seal, where and when it was written.
///
/// ```
///  version 1 | 'WB' | kind | seal | 0 | fields length u16 | repository id 16 | object id 16 | key id 16 | created
///  i64 | fields | CRC32C
/// ```
///
/// @param objectId random and never used twice: keys and nonces of a sealed object derive from it
/// @param keyId    of the wrapped data key; zeros where the object is not sealed
/// @param length   bytes of the whole header, checksum included
public record ObjectHeader(
        ObjectKind kind, UUID repositoryId, UUID objectId, UUID keyId, Instant createdAt, Fields fields, int length) {
    /// The format version that this code writes and reads.
    public static final int VERSION = 1;

    /// No header is longer.
    public static final int LONGEST = 64 + 0xFFFF + 4;

    private static final int FIXED = 64;
    private static final int CHECKSUM = 4;
    private static final int SEAL_NONE = 0;
    private static final int SEAL_AES_GCM = 1;

    /// The key id of an object that is not sealed.
    public static final UUID NO_KEY = new UUID(0, 0);

    /// The bytes of a header of an object that is not sealed.
    public static byte[] encode(
            ObjectKind kind, UUID repositoryId, UUID objectId, Instant createdAt, Fields.Builder builder) {
        return encode(kind, repositoryId, objectId, NO_KEY, createdAt, builder);
    }

    /// A header's bytes. With a key id the object is sealed.
    public static byte[] encode(
            ObjectKind kind, UUID repositoryId, UUID objectId, UUID keyId, Instant createdAt, Fields.Builder builder) {
        boolean sealed = !keyId.equals(NO_KEY);
        if (sealed && !kind.isSealable()) {
            throw new IllegalArgumentException("a sealed " + kind);
        }
        byte[] fields = builder.toByteArray();
        if (fields.length > 0xFFFF) {
            throw new IllegalArgumentException("header fields of " + fields.length + " bytes");
        }
        ByteSink sink = new ByteSink(FIXED + fields.length + 4);
        sink.u8(VERSION).u8('W').u8('B').u8(kind.letter());
        sink.u8(sealed ? SEAL_AES_GCM : SEAL_NONE).u8(0).u16(fields.length);
        sink.uuid(repositoryId).uuid(objectId).uuid(keyId).time(createdAt).raw(fields);
        return sink.u32(crc(sink.array(), 0, sink.size())).toByteArray();
    }

    /// Reads the header's bytes from the beginning of an object; [#parse] checks them.
    public static byte[] read(BlobKey key, InputStream in, long objectSize) {
        if (objectSize < FIXED + CHECKSUM) {
            throw Damage.corrupt(key, "it has only " + objectSize + " bytes");
        }
        byte[] fixed = new byte[FIXED];
        BlobReads.fill(in, key, fixed, 0, FIXED);
        int length = lengthOf(fixed);
        if (length > objectSize) {
            throw Damage.corrupt(key, "its header is longer than the object");
        }
        byte[] header = Arrays.copyOf(fixed, length);
        BlobReads.fill(in, key, header, FIXED, length - FIXED);
        return header;
    }

    /// Parses a header, exactly its bytes, and insists on the kind.
    public static ObjectHeader parse(BlobKey key, byte[] header, ObjectKind expected) {
        if (header.length < FIXED + CHECKSUM || header.length != lengthOf(header)) {
            throw Damage.corrupt(key, "its header does not have " + header.length + " bytes");
        }
        requireIntact(key, header);
        ByteSource source = new ByteSource(key, header);
        source.raw(3);
        int kind = source.u8();
        if (kind != expected.letter()) {
            throw Damage.corrupt(key, "it is of kind '" + (char) kind + "', not a " + expected);
        }
        int seal = source.u8();
        int reserved = source.u8();
        if ((seal != SEAL_NONE && seal != SEAL_AES_GCM) || reserved != 0) {
            throw Damage.unknown(key, "seal " + seal + "." + reserved);
        }
        int fieldsLength = source.u16();
        UUID repositoryId = source.uuid();
        UUID objectId = source.uuid();
        UUID keyId = source.uuid();
        if (keyId.equals(NO_KEY) != (seal == SEAL_NONE) || (seal != SEAL_NONE && !expected.isSealable())) {
            throw Damage.corrupt(key, "seal " + seal + " with key id " + keyId);
        }
        Instant createdAt = source.time();
        Fields fields = Fields.parse(new ByteSource(key, header, FIXED, fieldsLength), expected.highestField());
        return new ObjectHeader(expected, repositoryId, objectId, keyId, createdAt, fields, header.length);
    }

    public boolean isSealed() {
        return !keyId.equals(NO_KEY);
    }

    private static void requireIntact(BlobKey key, byte[] header) {
        int body = header.length - CHECKSUM;
        int stored = new ByteSource(key, header, body, CHECKSUM).u32();
        boolean intact = crc(header, 0, body) == stored;
        if (header[0] != VERSION) {
            byte[] asOurs = header.clone();
            asOurs[0] = VERSION;
            throw !intact && crc(asOurs, 0, body) == stored
                    ? Damage.corrupt(key, "its first byte was changed")
                    : Damage.unknown(key, "format version " + (header[0] & 0xFF));
        }
        if (!intact || header[1] != 'W' || header[2] != 'B') {
            throw Damage.corrupt(key, "its header does not match its checksum");
        }
    }

    private static int lengthOf(byte[] header) {
        return FIXED + (((header[6] & 0xFF) << 8) | (header[7] & 0xFF)) + CHECKSUM;
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
