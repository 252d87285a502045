package io.walkback.repository.pack;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.FrameStream;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.seal.ObjectSeal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The page digests of one pack, read and checked whole: at most some 1.1 MiB. Immutable.
///
/// Without them the next backup stores the pack's changed extents whole instead of their changed pages. Nothing
/// else depends on them.
public final class PageDigests {
    private static final int LONGEST_TEXT = PageDigestWriter.FULL + 9 + PageMap.PAGES * Digest128.BYTES;
    private static final int LONGEST_OBJECT = LONGEST_TEXT + ObjectHeader.LONGEST + (64 << 10);
    private static final int SHORTEST_RECORD = 9 + Digest128.BYTES;
    private static final int HIGHEST_FOOTER_FIELD = 5;

    private final byte[] text;
    private final long[] offsets;
    private final int[] positions;
    private final PageDigestEntry entry;

    private PageDigests(BlobKey key, byte[] text, int records, PageDigestEntry entry) {
        this.text = text;
        this.entry = entry;
        this.offsets = new long[records];
        this.positions = new int[records];
        ByteSource source = new ByteSource(key, text);
        for (int i = 0; i < records; i++) {
            offsets[i] = source.u64();
            positions[i] = text.length - source.remaining();
            int pages = source.u8();
            source.raw(pages * Digest128.BYTES);
            if (pages < 1 || pages > PageMap.PAGES || (i > 0 && offsets[i] <= offsets[i - 1])) {
                throw Damage.corrupt(key, "page digests that are not in order");
            }
        }
        source.end();
    }

    /// Reads the page digests beside a pack. [io.walkback.domain.CorruptDataException] when they are missing or
    /// damaged.
    public static PageDigests read(Lineage lineage, PackId id, Digester digester) {
        BlobKey key = lineage.pageDigests(id);
        byte[] object = BlobReads.all(lineage.store(), key, LONGEST_OBJECT);
        byte[] header = ObjectHeader.read(key, new ByteArrayInputStream(object), object.length);
        ObjectSeal seal = PackReader.seal(lineage, key, id, header, ObjectKind.PAGE_DIGESTS);
        Footer footer = Footer.parse(key, object, HIGHEST_FOOTER_FIELD);
        Fields fields = footer.fields();
        long textOffset = fields.get(1).u64();
        int storedLength = fields.get(2).u32();
        int plainLength = fields.get(3).u32();
        int records = fields.get(4).u32();
        Digest128 digest = Digest128.read(fields.get(5));
        if (textOffset != header.length
                || storedLength < 0
                || textOffset + storedLength + footer.length() != object.length
                || plainLength < 0
                || plainLength > LONGEST_TEXT
                || records < 0
                || records > plainLength / SHORTEST_RECORD) {
            throw Damage.corrupt(key, "its footer does not fit its size of " + object.length);
        }
        byte[] text = new byte[plainLength];
        InputStream stored = new ByteArrayInputStream(object, header.length, storedLength);
        try (FrameStream frames = new FrameStream(seal, stored, digester, 0, storedLength, plainLength)) {
            BlobReads.fill(frames, key, text, 0, plainLength);
            if (frames.read() >= 0) {
                throw Damage.corrupt(key, "page digests that are longer than they say");
            }
        }
        if (!PackWriter.digest(digester, Digester.Domain.PAGE_DIGESTS, header, text, text.length)
                .equals(digest)) {
            throw Damage.corrupt(key, "it does not match its digest");
        }
        return new PageDigests(key, text, records, new PageDigestEntry(object.length, digest));
    }

    /// What the pack's footer should say of it.
    public PageDigestEntry entry() {
        return entry;
    }

    /// The digests of the pages that are stored at this offset of the pack, 16 bytes each in page order; null if
    /// none were kept.
    public byte @Nullable [] at(long offset) {
        int found = Arrays.binarySearch(offsets, offset);
        if (found < 0) {
            return null;
        }
        int position = positions[found];
        return Arrays.copyOfRange(text, position + 1, position + 1 + (text[position] & 0xFF) * Digest128.BYTES);
    }

    /// Heap that it takes, in bytes.
    public int weight() {
        return text.length + 12 * offsets.length + 128;
    }
}
