package io.walkback.repository.manifest;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.seal.ObjectSeal;
import java.util.ArrayList;
import java.util.List;

/// The bytes by which manifests name extents: those stored whole (entry type 5), and those with deltas (type 7).
///
/// ```
///  whole:   length varint | identity 16 | place
///  deltas:  length varint | identity 16 | whole (the base) | deltas u8 | each delta: pages 16 | identity 16 |
///  place place:   pack varint | offset varint | frames u8 | stored bytes of each frame varint
/// ```
public final class ExtentCodec {
    /// No extent takes more bytes.
    public static final int LONGEST = 512;

    private ExtentCodec() {}

    /// Writes an extent that is whole.
    static void whole(ByteSink sink, ExtentRef ref) {
        sink.varint(ref.length());
        ref.identity().write(sink);
        place(sink, ref);
    }

    /// @param packs rows of the manifest's pack table
    static ExtentRef whole(ByteSource source, int packs) {
        int length = source.count(Extents.EXTENT, "an extent");
        Digest128 identity = Digest128.read(source);
        int pack = source.count(packs - 1, "a pack position");
        long offset = source.length("an offset");
        return new ExtentRef(length, identity, pack, offset, frames(source, length));
    }

    /// Writes any extent with its deltas, of which there may be none.
    public static void write(ByteSink sink, FileExtent extent) {
        sink.varint(extent.length());
        extent.identity().write(sink);
        whole(sink, extent.base());
        sink.u8(extent.deltas().size());
        for (DeltaRef delta : extent.deltas()) {
            delta.pages().write(sink);
            delta.identity().write(sink);
            place(sink, delta);
        }
    }

    /// Reads what [#write] wrote.
    ///
    /// @param packs rows of the manifest's pack table
    public static FileExtent read(ByteSource source, int packs) {
        int length = source.count(Extents.EXTENT, "an extent");
        Digest128 identity = Digest128.read(source);
        ExtentRef base = whole(source, packs);
        int count = source.u8();
        if (length == 0 || count > FileExtent.MOST_DELTAS) {
            throw Damage.corrupt(source.key(), "an extent of " + length + " bytes with " + count + " deltas");
        }
        List<DeltaRef> deltas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            deltas.add(delta(source, packs));
        }
        FileExtent extent = new FileExtent(length, identity, base, deltas);
        if (!extent.isCovered()) {
            throw Damage.corrupt(source.key(), "an extent of " + length + " bytes with pages that are nowhere");
        }
        return extent;
    }

    private static DeltaRef delta(ByteSource source, int packs) {
        PageMap pages = PageMap.read(source);
        Digest128 identity = Digest128.read(source);
        int pack = source.count(packs - 1, "a pack position");
        long offset = source.length("an offset");
        return new DeltaRef(
                requirePages(source, pages), identity, pack, offset, frames(source, pages.count() * Digester.PAGE));
    }

    private static PageMap requirePages(ByteSource source, PageMap pages) {
        if (pages.isEmpty()) {
            throw Damage.corrupt(source.key(), "a delta without pages");
        }
        return pages;
    }

    private static void place(ByteSink sink, StoredPiece piece) {
        sink.varint(piece.pack()).varint(piece.offset()).u8(piece.frameLengths().size());
        piece.frameLengths().forEach(sink::varint);
    }

    private static List<Integer> frames(ByteSource source, int length) {
        int frames = source.u8();
        if (length == 0 || frames != (length + Extents.FRAME - 1) / Extents.FRAME) {
            throw Damage.corrupt(source.key(), "an extent of " + length + " bytes in " + frames + " frames");
        }
        List<Integer> lengths = new ArrayList<>(frames);
        for (int i = 0; i < frames; i++) {
            lengths.add(source.count(FrameEncoder.HEADER + Extents.FRAME + ObjectSeal.TAG, "a frame"));
        }
        return lengths;
    }
}
