package io.walkback.repository.pack;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.ByteRange;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameDecoder;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.Footer;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.seal.ObjectSeal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Checks packs against what a manifest says of them. Not thread-safe.
public final class PackReader implements AutoCloseable {
    /// An index row.
    ///
    /// @param storedLength of all frames
    /// @param pages        of a delta; [PageMap#NONE] for a whole extent
    public record IndexRow(Digest128 identity, long offset, int storedLength, int plainLength, PageMap pages) {}

    /// What a pack says about itself, all of it checked.
    ///
    /// @param pageDigests what was written beside it
    public record Contents(
            PackEntry entry,
            ObjectSeal seal,
            long dataOffset,
            long indexOffset,
            List<IndexRow> rows,
            Optional<PageDigestEntry> pageDigests) {}

    private static final int HIGHEST_FOOTER_FIELD = 6;

    private final Lineage lineage;
    private final Digester digester;
    private final FrameDecoder decoder;

    public PackReader(Lineage lineage) {
        this.lineage = lineage;
        this.digester = new Digester(lineage.namingKey());
        this.decoder = new FrameDecoder(digester);
    }

    /// Reads header, index and footer, and checks that the pack is the one that `expected` describes. Three small
    /// reads.
    public Contents open(PackEntry expected) {
        BlobKey key = lineage.pack(expected.id());
        Contents contents = open(expected.id(), BlobReads.sizeOf(lineage.store(), key));
        if (!contents.entry().equals(expected)) {
            throw Damage.corrupt(key, "it is " + contents.entry() + ", and the manifest knows " + expected);
        }
        return contents;
    }

    /// The same for a pack that no manifest vouches for.
    public Contents open(PackId id, long size) {
        BlobKey key = lineage.pack(id);
        byte[] header = readHeader(key, size);
        ObjectSeal seal = seal(lineage, key, id, header, ObjectKind.PACK);
        Footer footer = Footer.read(lineage.store(), key, size, HIGHEST_FOOTER_FIELD);
        Fields fields = footer.fields();
        long indexOffset = fields.get(1).u64();
        int storedLength = fields.get(2).u32();
        int plainLength = fields.get(3).u32();
        int extents = fields.get(4).u32();
        Digest128 digest = Digest128.read(fields.get(5));
        if (extents < 0
                || extents > PackWriter.FULL_EXTENTS
                || plainLength < extents * PackWriter.INDEX_ROW
                || plainLength > extents * (PackWriter.INDEX_ROW + PackWriter.INDEX_PAGES)
                || indexOffset < header.length
                || storedLength < 0
                || indexOffset + storedLength + footer.length() != size) {
            throw Damage.corrupt(key, "its footer does not fit its size of " + size);
        }
        byte[] index = readIndex(seal, indexOffset, storedLength, plainLength);
        if (!PackWriter.digest(digester, Digester.Domain.PACK, header, index, index.length)
                .equals(digest)) {
            throw Damage.corrupt(key, "its index does not match its digest");
        }
        Optional<PageDigestEntry> pageDigests = fields.find(6).map(PageDigestEntry::read);
        List<IndexRow> rows = rows(key, index, header.length, indexOffset);
        if (rows.size() != extents) {
            throw Damage.corrupt(key, "an index of " + rows.size() + " extents instead of " + extents);
        }
        return new Contents(
                new PackEntry(id, size, digest, pageDigests.isPresent()),
                seal,
                header.length,
                indexOffset,
                rows,
                pageDigests);
    }

    /// How a pack's frames are sealed. One small read.
    public ObjectSeal seal(PackEntry entry) {
        BlobKey key = lineage.pack(entry.id());
        return seal(lineage, key, entry.id(), readHeader(key, entry.size()), ObjectKind.PACK);
    }

    /// Reads the whole pack and checks every frame's stored bytes, and with `decode` also what they decode to and
    /// that each extent has the identity that the index gives it.
    public void verify(PackEntry expected, boolean decode) {
        Contents contents = open(expected);
        ByteRange data = new ByteRange(contents.dataOffset(), contents.indexOffset() - contents.dataOffset());
        BlobKey key = lineage.pack(expected.id());
        try (InputStream in = lineage.store().open(key, data)) {
            int ordinal = 0;
            for (IndexRow row : contents.rows()) {
                ordinal += verifyExtent(contents.seal(), in, row, ordinal, decode);
            }
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    /// Reads the page digests beside a pack and checks them. Returns their object's size.
    public long verifyPageDigests(PackId id) {
        BlobKey key = lineage.pageDigests(id);
        PageDigestEntry found = PageDigests.read(lineage, id, digester).entry();
        Optional<PageDigestEntry> expected =
                open(id, BlobReads.sizeOf(lineage.store(), lineage.pack(id))).pageDigests();
        if (!expected.equals(Optional.of(found))) {
            throw Damage.corrupt(key, "it is " + found + ", and its pack knows " + expected);
        }
        return found.size();
    }

    /// Returns the number of the extent's frames.
    private int verifyExtent(ObjectSeal pack, InputStream in, IndexRow row, int firstOrdinal, boolean decode) {
        long left = row.storedLength();
        int plain = 0;
        int frames = 0;
        List<Digest128> digests = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
        while (left > 0) {
            if (decode) {
                digests.add(decoder.next(pack, in, left, row.identity(), firstOrdinal + frames));
                plain += decoder.plainLength();
                left -= decoder.storedLength();
            } else {
                left -= decoder.skip(pack, in, left);
            }
            frames++;
        }
        if (decode && (plain != row.plainLength() || !identity(row, digests).equals(row.identity()))) {
            throw Damage.corrupt(pack.key(), "the extent at " + row.offset() + " does not match its identity");
        }
        return frames;
    }

    private Digest128 identity(IndexRow row, List<Digest128> frames) {
        return row.pages().isEmpty()
                ? digester.identity(row.plainLength(), frames)
                : digester.identity(row.pages(), frames);
    }

    private byte[] readHeader(BlobKey key, long size) {
        try (InputStream in = lineage.store().open(key, new ByteRange(0, Math.min(size, ObjectHeader.LONGEST)))) {
            return ObjectHeader.read(key, in, size);
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }

    /// Checks the header of a pack, or of the page digests beside one, and says how the object is sealed.
    static ObjectSeal seal(Lineage lineage, BlobKey key, PackId id, byte[] bytes, ObjectKind kind) {
        ObjectHeader header = ObjectHeader.parse(key, bytes, kind);
        lineage.check(key, header, 4);
        PackId found =
                new PackId(header.fields().get(2).uuid(), header.fields().get(3).u32() & Integer.MAX_VALUE);
        if (!found.equals(id)) {
            throw Damage.corrupt(key, "it was written as pack " + found);
        }
        return lineage.seal(key, bytes, header);
    }

    private byte[] readIndex(ObjectSeal pack, long offset, int storedLength, int plainLength) {
        BlobKey key = pack.key();
        int ordinal = FrameDecoder.ANY;
        ByteSink index = new ByteSink(plainLength);
        try (InputStream in = lineage.store().open(key, new ByteRange(offset, storedLength))) {
            long left = storedLength;
            while (left > 0) {
                decoder.next(pack, in, left, Digest128.NONE, ordinal);
                ordinal = decoder.nextOrdinal();
                index.raw(decoder.plain(), 0, decoder.plainLength());
                left -= decoder.storedLength();
                if (index.size() > plainLength) {
                    break;
                }
            }
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
        if (index.size() != plainLength) {
            throw Damage.corrupt(key, "an index of " + index.size() + " bytes instead of " + plainLength);
        }
        return index.toByteArray();
    }

    private static List<IndexRow> rows(BlobKey key, byte[] index, long dataOffset, long indexOffset) {
        ByteSource source = new ByteSource(key, index);
        List<IndexRow> rows = new ArrayList<>(index.length / PackWriter.INDEX_ROW);
        long next = dataOffset;
        while (source.remaining() > 0) {
            IndexRow row = row(source);
            if (row.offset() != next || row.storedLength() < 0) {
                throw Damage.corrupt(key, "an index with holes");
            }
            next += row.storedLength();
            rows.add(row);
        }
        if (next != indexOffset) {
            throw Damage.corrupt(key, "bytes that its index does not know");
        }
        return rows;
    }

    private static IndexRow row(ByteSource source) {
        Digest128 identity = Digest128.read(source);
        long offset = source.u64();
        int storedLength = source.u32();
        int plainLength = source.u32();
        int form = source.u8();
        if (form != PackWriter.WHOLE && form != PackWriter.DELTA) {
            throw Damage.unknown(source.key(), "an extent of form " + form);
        }
        PageMap pages = form == PackWriter.DELTA ? PageMap.read(source) : PageMap.NONE;
        if (form == PackWriter.DELTA && (pages.isEmpty() || plainLength != pages.count() * Digester.PAGE)) {
            throw Damage.corrupt(source.key(), "a delta of " + pages.count() + " pages in " + plainLength + " bytes");
        }
        return new IndexRow(identity, offset, storedLength, plainLength, pages);
    }

    @Override
    public void close() {
        decoder.close();
    }
}
