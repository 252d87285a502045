package io.walkback.repository.backup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.StoredPiece;
import io.walkback.repository.pack.PackEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The packs that a manifest in the making names, in order of first use. Some 100 bytes a pack. Confined to the
/// writing thread, but for [#isUsable], [#sparseDeltas] and [#previous], which read what the constructor made.
final class PackTable {
    private final Lineage lineage;
    private final List<PackEntry> previous;
    private final BitSet usable = new BitSet();
    private final BitSet sparse = new BitSet();
    private final int[] positionOfPrevious;
    private final List<@Nullable PackEntry> entries = new ArrayList<>();

    /// @param previous   the previous backup's packs; none without one
    /// @param distrusted packs that verification found damaged or overdue: their extents count as absent and are
    /// stored again (P1)
    /// @param use        of the previous backup's packs, all of its extents counted
    PackTable(Lineage lineage, List<PackEntry> previous, Set<PackId> distrusted, PackUse use) {
        this.lineage = lineage;
        this.previous = previous;
        this.positionOfPrevious = new int[previous.size()];
        Arrays.fill(positionOfPrevious, -1);
        usable.or(PackPresence.of(lineage, previous));
        for (int i = 0; i < previous.size(); i++) {
            if (distrusted.contains(previous.get(i).id())) {
                usable.clear(i);
            }
            sparse.set(i, use.isSparse(i));
        }
    }

    /// Whether an extent of the previous manifest may be taken over, with or without its deltas: each of its packs
    /// is there and trusted, and that of its base is not sparse.
    boolean isUsable(FileExtent extent) {
        for (StoredPiece piece : extent.pieces()) {
            if (!usable.get(piece.pack())) {
                return false;
            }
        }
        return !sparse.get(extent.base().pack());
    }

    /// Positions of the deltas that lie in sparse packs.
    List<Integer> sparseDeltas(FileExtent extent) {
        List<Integer> positions = List.of();
        for (int i = 0; i < extent.deltas().size(); i++) {
            if (sparse.get(extent.deltas().get(i).pack())) {
                positions = positions.isEmpty() ? new ArrayList<>(FileExtent.MOST_DELTAS) : positions;
                positions.add(i);
            }
        }
        return positions;
    }

    /// A pack of the previous manifest.
    PackEntry previous(int position) {
        return previous.get(position);
    }

    /// The position of a pack of the previous manifest in this one.
    int take(int previousPosition) {
        if (positionOfPrevious[previousPosition] < 0) {
            positionOfPrevious[previousPosition] = entries.size();
            entries.add(previous.get(previousPosition));
        }
        return positionOfPrevious[previousPosition];
    }

    /// Reserves a position for a pack that is being written.
    int reserve() {
        entries.add(null);
        return entries.size() - 1;
    }

    void fill(int position, PackEntry entry) {
        entries.set(position, entry);
    }

    /// All packs, each asked for again: a manifest is closed over its references before it is committed (pitfall
    /// 33).
    List<PackEntry> closed() {
        List<PackEntry> closed = new ArrayList<>(entries.size());
        for (PackEntry entry : entries) {
            if (entry == null) {
                throw new IllegalStateException("a pack of this backup was never finished");
            }
            closed.add(entry);
        }
        int missing = PackPresence.of(lineage, closed).nextClearBit(0);
        if (missing < closed.size()) {
            throw new RetryableException(
                    FailureCode.OBJECT_MISSING,
                    "object '" + lineage.pack(closed.get(missing).id())
                            + "' vanished while a backup that needs it was made",
                    "The next attempt stores its content again; find out what deletes objects from the repository.");
        }
        return closed;
    }
}
