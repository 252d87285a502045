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
/// @param length   bytes of the whole header, checksum included
public record ObjectHeader(
        ObjectKind kind, UUID repositoryId, UUID objectId, Instant createdAt, Fields fields, int length) {
    /// The format version that this code writes and reads.
    public static final int VERSION = 1;

    /// No header is longer.
    public static final int LONGEST = 64 + 0xFFFF + 4;

    private static final int FIXED = 64;
    private static final int SEAL_NONE = 0;
    private static final int HIGHEST_FIELD = 5;
    private static final UUID NO_KEY = new UUID(0, 0);

    /// A header's bytes.
    public static byte[] encode(
            ObjectKind kind, UUID repositoryId, UUID objectId, Instant createdAt, Fields.Builder builder) {
        byte[] fields = builder.toByteArray();
        if (fields.length > 0xFFFF) {
            throw new IllegalArgumentException("header fields of " + fields.length + " bytes");
        }
        ByteSink sink = new ByteSink(FIXED + fields.length + 4);
        sink.u8(VERSION).u8('W').u8('B').u8(kind.letter());
        sink.u8(SEAL_NONE).u8(0).u16(fields.length);
        sink.uuid(repositoryId).uuid(objectId).uuid(NO_KEY).time(createdAt).raw(fields);
        return sink.u32(crc(sink.array(), 0, sink.size())).toByteArray();
    }

    /// Reads and checks the header at the beginning of an object.
    public static byte[] read(BlobKey key, InputStream in, long objectSize) {
        if (objectSize < FIXED + 4) {
            throw Damage.corrupt(key, "it has only " + objectSize + " bytes");
        }
        byte[] fixed = new byte[FIXED];
        BlobReads.fill(in, key, fixed, 0, FIXED);
        int fields = ((fixed[6] & 0xFF) << 8) | (fixed[7] & 0xFF);
        if (FIXED + fields + 4 > objectSize) {
            throw Damage.corrupt(key, "its header is longer than the object");
        }
        byte[] header = Arrays.copyOf(fixed, FIXED + fields + 4);
        BlobReads.fill(in, key, header, FIXED, fields + 4);
        return header;
    }

    /// Parses header bytes as [#read] returned them, and insists on the kind.
    public static ObjectHeader parse(BlobKey key, byte[] header, ObjectKind expected) {
        ByteSource source = new ByteSource(key, header);
        int body = header.length - 4;
        int crc = new ByteSource(key, header, body, 4).u32();
        int version = source.u8();
        boolean intact = crc(header, 0, body) == crc;
        if (version != VERSION) {
            byte[] asOurs = header.clone();
            asOurs[0] = VERSION;
            throw !intact && crc(asOurs, 0, body) == crc
                    ? Damage.corrupt(key, "its first byte was changed")
                    : Damage.unknown(key, "format version " + version);
        }
        if (!intact || source.u8() != 'W' || source.u8() != 'B') {
            throw Damage.corrupt(key, "its header does not match its checksum");
        }
        int kind = source.u8();
        if (kind != expected.letter()) {
            throw Damage.corrupt(key, "it is of kind '" + (char) kind + "', not a " + expected);
        }
        int seal = source.u8();
        int reserved = source.u8();
        if (seal != SEAL_NONE || reserved != 0) {
            throw Damage.unknown(key, "seal " + seal + "." + reserved);
        }
        int fieldsLength = source.u16();
        UUID repositoryId = source.uuid();
        UUID objectId = source.uuid();
        source.uuid();
        Instant createdAt = source.time();
        Fields fields = Fields.parse(new ByteSource(key, header, FIXED, fieldsLength), HIGHEST_FIELD);
        return new ObjectHeader(expected, repositoryId, objectId, createdAt, fields, header.length);
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
