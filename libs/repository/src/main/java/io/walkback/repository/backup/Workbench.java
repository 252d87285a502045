package io.walkback.repository.backup;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.EncodedExtent;
import io.walkback.repository.extent.Extents;
import io.walkback.repository.extent.FrameEncoder;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.extent.PageMap;
import io.walkback.repository.manifest.DeltaRef;
import io.walkback.repository.manifest.FileExtent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pool thread needs to name an extent, compare it with the previous backup's and make its frames: 1 MiB and
/// native memory. Used by one thread at a time.
final class Workbench implements AutoCloseable {
    private final Digester digester;
    private final FrameEncoder encoder;
    private final PackTable packs;
    private final PageDigestCache pageDigests;
    private final byte[] scratch = new byte[Extents.EXTENT];
    private final byte[] before = new byte[PageMap.PAGES * Digest128.BYTES];

    Workbench(NamingKey key, int zstdLevel, PackTable packs, PageDigestCache pageDigests) {
        this.digester = new Digester(key);
        this.encoder = new FrameEncoder(zstdLevel);
        this.packs = packs;
        this.pageDigests = pageDigests;
    }

    /// @param known  the extent that the previous backup has in this place
    /// @param spread differs from extent to extent, and is the same in each backup
    Encoded process(EncodedExtent extent, @Nullable FileExtent known, int spread) {
        Digest128 identity = extent.identify(digester);
        if (known == null || !packs.isUsable(known)) {
            return whole(extent);
        }
        boolean same = identity.equals(known.identity());
        List<Integer> leaving = packs.sparseDeltas(known);
        if (same && leaving.isEmpty()) {
            return new Encoded.Known(known);
        }
        if (!extent.isPaged() || !isPaged(known)) {
            return whole(extent);
        }
        PageMap changed = same ? PageMap.NONE : changed(extent, known);
        return changed == null ? whole(extent) : delta(extent, known, leaving, changed, spread);
    }

    private Encoded delta(EncodedExtent extent, FileExtent known, List<Integer> leaving, PageMap changed, int spread) {
        List<PageMap> deltas = known.deltas().stream().map(DeltaRef::pages).toList();
        DeltaRule.Decision decision =
                DeltaRule.decide(extent.plainLength() / Digester.PAGE, deltas, leaving, changed, spread);
        if (decision.whole()) {
            return whole(extent);
        }
        if (!decision.pages().isEmpty()) {
            extent.encodeDelta(decision.pages(), digester, encoder, scratch);
        }
        List<DeltaRef> kept = new ArrayList<>(decision.kept().size());
        decision.kept().forEach(position -> kept.add(known.deltas().get(position)));
        return new Encoded.Changed(new FileExtent(extent.plainLength(), extent.identity(), known.base(), kept));
    }

    private Encoded whole(EncodedExtent extent) {
        extent.encode(encoder);
        return new Encoded.Whole();
    }

    private static boolean isPaged(FileExtent extent) {
        return extent.length() % Digester.PAGE == 0 && extent.base().length() % Digester.PAGE == 0;
    }

    /// The pages that differ; null if the previous ones' digests are not to be had.
    private @Nullable PageMap changed(EncodedExtent extent, FileExtent known) {
        if (!fillBefore(known)) {
            return null;
        }
        PageMap changed = PageMap.NONE;
        for (int page = 0; page * Digester.PAGE < extent.plainLength(); page++) {
            int from = page * Digest128.BYTES;
            int to = from + Digest128.BYTES;
            if (page * Digester.PAGE >= known.length() || !Arrays.equals(before, from, to, extent.pages(), from, to)) {
                changed = changed.with(page);
            }
        }
        return changed;
    }

    /// Puts the page digests of the known extent together. They count only if they give its identity, so that
    /// whatever happened to them, no changed page is missed.
    private boolean fillBefore(FileExtent known) {
        PageMap all = PageMap.first(known.base().length() / Digester.PAGE);
        if (!overlay(known.base().pack(), known.base().offset(), all)) {
            return false;
        }
        for (DeltaRef delta : known.deltas()) {
            if (!overlay(delta.pack(), delta.offset(), delta.pages())) {
                return false;
            }
        }
        return digester.identity(known.length(), digester.frames(known.length(), before))
                .equals(known.identity());
    }

    private boolean overlay(int pack, long offset, PageMap pages) {
        byte[] digests = pageDigests.at(packs.previous(pack), offset, digester);
        if (digests == null || digests.length != pages.count() * Digest128.BYTES) {
            return false;
        }
        int at = 0;
        for (int page = pages.next(0); page < PageMap.PAGES; page = pages.next(page + 1)) {
            System.arraycopy(digests, at, before, page * Digest128.BYTES, Digest128.BYTES);
            at += Digest128.BYTES;
        }
        return true;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
