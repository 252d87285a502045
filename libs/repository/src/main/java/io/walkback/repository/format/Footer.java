package io.walkback.repository.format;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.ByteRange;

/// The last bytes of packs, manifests and WAL objects: what is known only once everything before it is written.
///
/// ```
///  fields | fields length u32 | CRC32C u32 of fields and length | 'WBFT'
/// ```
///
/// @param length bytes of the whole footer
public record Footer(Fields fields, int length) {
    private static final int TAIL = 12;
    private static final int MAGIC = 0x57424654;
    private static final int GUESS = 512;
    private static final int LONGEST = 1 << 20;

    public static byte[] encode(Fields.Builder builder) {
        byte[] fields = builder.toByteArray();
        ByteSink sink = new ByteSink(fields.length + TAIL).raw(fields).u32(fields.length);
        return sink.u32(ObjectHeader.crc(sink.array(), 0, sink.size()))
                .u32(MAGIC)
                .toByteArray();
    }

    /// Reads the footer that ends at byte `end` of an object.
    public static Footer read(BlobStore store, BlobKey key, long end, int highestKnown) {
        int guess = (int) Math.min(end, GUESS);
        byte[] last = BlobReads.range(store, key, new ByteRange(end - guess, guess));
        int length = length(key, last, end);
        return length <= guess
                ? parse(key, last, length, highestKnown)
                : parse(key, BlobReads.range(store, key, new ByteRange(end - length, length)), length, highestKnown);
    }

    /// Parses the footer that ends an object, all of whose bytes are given.
    public static Footer parse(BlobKey key, byte[] object, int highestKnown) {
        return parse(key, object, length(key, object, object.length), highestKnown);
    }

    /// The length of the footer that ends with `last`, which are the last bytes of an object of `end` bytes.
    private static int length(BlobKey key, byte[] last, long end) {
        if (last.length < TAIL) {
            throw Damage.corrupt(key, "it has only " + end + " bytes");
        }
        ByteSource tail = new ByteSource(key, last, last.length - TAIL, TAIL);
        int fieldsLength = tail.u32();
        tail.u32();
        if (tail.u32() != MAGIC) {
            throw Damage.corrupt(key, "it does not end with a footer");
        }
        if (fieldsLength < 0 || fieldsLength > LONGEST || fieldsLength + TAIL > end) {
            throw Damage.corrupt(key, "its footer is longer than the object");
        }
        return fieldsLength + TAIL;
    }

    private static Footer parse(BlobKey key, byte[] last, int length, int highestKnown) {
        int from = last.length - length;
        int fieldsLength = length - TAIL;
        int crc = new ByteSource(key, last, last.length - 8, 4).u32();
        if (ObjectHeader.crc(last, from, fieldsLength + 4) != crc) {
            throw Damage.corrupt(key, "its footer does not match its checksum");
        }
        return new Footer(Fields.parse(new ByteSource(key, last, from, fieldsLength), highestKnown), length);
    }
}
