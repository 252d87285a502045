package io.walkback.repository.backup;

import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.StoredPiece;
import io.walkback.repository.pack.PackEntry;
import java.util.List;

/// How many bytes of each pack the previous backup still uses, counted while its manifest streams by: 8 bytes a
/// pack.
///
/// A pack of which less than 30 % is used keeps more waste in the repository than storing the rest of it again
/// costs. What lies in such packs counts as changed, so that old packs empty out and expiry can remove them.
final class PackUse {
    private static final int SPARSE_PERCENT = 30;

    /// Header, footer and the beginning of an index: what even a pack with a single page has besides.
    private static final int OVERHEAD = 1024;

    private final List<PackEntry> packs;
    private final long[] used;

    PackUse(List<PackEntry> packs) {
        this.packs = packs;
        this.used = new long[packs.size()];
    }

    void add(FileExtent extent) {
        for (StoredPiece piece : extent.pieces()) {
            used[piece.pack()] += piece.storedLength();
        }
    }

    boolean isSparse(int position) {
        return used[position] * 100 < (packs.get(position).size() - OVERHEAD) * SPARSE_PERCENT;
    }
}
