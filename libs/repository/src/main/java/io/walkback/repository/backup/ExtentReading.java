package io.walkback.repository.backup;

import io.walkback.domain.CorruptDataException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameDecoder;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.format.Damage;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.DeltaRef;
import io.walkback.repository.manifest.ExtentRef;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.StoredPiece;
import io.walkback.repository.pack.PackReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// What one reading thread needs, some 1.7 MiB, and how it makes an extent of its pieces. Not thread-safe.
final class ExtentReading implements AutoCloseable {
    /// Takes a frame's plain bytes, valid while it runs.
    private interface Frames {
        void accept(byte[] plain, int length) throws IOException;
    }

    private final Digester digester;
    private final FrameDecoder decoder;
    private final PackReader packs;
    private final byte[] whole = new byte[Extents.EXTENT];

    ExtentReading(Lineage lineage) {
        this.digester = new Digester(lineage.namingKey());
        this.decoder = new FrameDecoder(digester);
        this.packs = new PackReader(lineage);
    }

    PackReader packs() {
        return packs;
    }

    /// Reads the next extent of `runs` and writes it to `out`.
    ///
    /// @param manifest is blamed when the pieces are well and do not make the extent
    void copy(BlobKey manifest, PieceRuns runs, FileExtent extent, OutputStream out) throws IOException {
        if (extent.isWhole()) {
            base(runs, extent.base(), (plain, length) -> out.write(plain, 0, length));
        } else {
            assemble(runs, extent);
            List<Digest128> frames = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
            for (int at = 0; at < extent.length(); at += Extents.FRAME) {
                int length = Math.min(Extents.FRAME, extent.length() - at);
                frames.add(digester.digest(Digester.Domain.FRAME, whole, at, length));
            }
            if (!digester.identity(extent.length(), frames).equals(extent.identity())) {
                throw Damage.corrupt(manifest, "an extent and its deltas do not make what it names");
            }
            out.write(whole, 0, extent.length());
        }
    }

    private void assemble(PieceRuns runs, FileExtent extent) throws IOException {
        Filler filler = new Filler();
        base(runs, extent.base(), filler);
        for (DeltaRef delta : extent.deltas()) {
            delta(runs, delta);
        }
    }

    private final class Filler implements Frames {
        private int filled;

        @Override
        public void accept(byte[] plain, int length) {
            System.arraycopy(plain, 0, whole, filled, length);
            filled += length;
        }
    }

    private void base(PieceRuns runs, ExtentRef base, Frames to) throws IOException {
        PieceRuns.Source from = runs.next();
        List<Digest128> digests = frames(from, base, base.identity(), to);
        if (!digester.identity(base.length(), digests).equals(base.identity())) {
            throw unnamed(from, base);
        }
    }

    private void delta(PieceRuns runs, DeltaRef delta) throws IOException {
        PieceRuns.Source from = runs.next();
        List<Digest128> digests = frames(from, delta, delta.identity(), new Overlay(delta.pages()));
        if (!digester.identity(delta.pages(), digests).equals(delta.identity())) {
            throw unnamed(from, delta);
        }
    }

    private final class Overlay implements Frames {
        private final PageMap pages;
        private int page;

        Overlay(PageMap pages) {
            this.pages = pages;
            this.page = pages.next(0);
        }

        @Override
        public void accept(byte[] plain, int length) {
            for (int at = 0; at < length; at += Digester.PAGE) {
                System.arraycopy(plain, at, whole, page * Digester.PAGE, Digester.PAGE);
                page = pages.next(page + 1);
            }
        }
    }

    /// Hands over the frames of a piece, checked, as many plain bytes as it has, and returns their digests.
    private List<Digest128> frames(PieceRuns.Source from, StoredPiece piece, Digest128 identity, Frames to)
            throws IOException {
        List<Digest128> digests = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
        int ordinal = FrameDecoder.ANY;
        int plain = 0;
        for (int frameLength : piece.frameLengths()) {
            digests.add(decoder.next(from.pack(), from.in(), frameLength, identity, ordinal));
            ordinal = decoder.nextOrdinal();
            int wanted = Math.min(Extents.FRAME, piece.length() - plain);
            if (decoder.storedLength() != frameLength || decoder.plainLength() != wanted) {
                throw Damage.corrupt(
                        from.pack().key(),
                        "a frame at " + piece.offset() + " has another length than its manifest says");
            }
            plain += wanted;
            to.accept(decoder.plain(), wanted);
        }
        return digests;
    }

    private static CorruptDataException unnamed(PieceRuns.Source from, StoredPiece piece) {
        return Damage.corrupt(
                from.pack().key(), "the extent at " + piece.offset() + " is not the one that the manifest names");
    }

    @Override
    public void close() {
        decoder.close();
        packs.close();
    }
}
