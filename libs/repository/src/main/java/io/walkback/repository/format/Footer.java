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
        if (guess < TAIL) {
            throw Damage.corrupt(key, "it has only " + end + " bytes");
        }
        ByteSource tail = new ByteSource(key, last, guess - TAIL, TAIL);
        int fieldsLength = tail.u32();
        int crc = tail.u32();
        if (tail.u32() != MAGIC) {
            throw Damage.corrupt(key, "it does not end with a footer");
        }
        if (fieldsLength < 0 || fieldsLength > LONGEST || fieldsLength + TAIL > end) {
            throw Damage.corrupt(key, "its footer is longer than the object");
        }
        int length = fieldsLength + TAIL;
        byte[] footer = length <= guess ? last : BlobReads.range(store, key, new ByteRange(end - length, length));
        int from = footer.length - length;
        if (ObjectHeader.crc(footer, from, fieldsLength + 4) != crc) {
            throw Damage.corrupt(key, "its footer does not match its checksum");
        }
        return new Footer(Fields.parse(new ByteSource(key, footer, from, fieldsLength), highestKnown), length);
    }
}
