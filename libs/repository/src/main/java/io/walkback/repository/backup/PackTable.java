package io.walkback.repository.backup;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The packs that a manifest in the making names, in order of first use. Some 100 bytes a pack. Confined to the
/// writing thread, but for [#isUsable], which reads what the constructor made.
final class PackTable {
    private final Lineage lineage;
    private final List<PackEntry> previous;
    private final BitSet usable = new BitSet();
    private final int[] positionOfPrevious;
    private final List<@Nullable PackEntry> entries = new ArrayList<>();

    /// @param manifest   the previous backup, if there is one
    /// @param distrusted packs that verification found damaged or overdue: their extents count as absent and are
    /// stored again (P1)
    PackTable(Lineage lineage, @Nullable ManifestReader manifest, Set<PackId> distrusted) {
        this.lineage = lineage;
        this.previous = manifest == null ? List.of() : manifest.packs();
        this.positionOfPrevious = new int[previous.size()];
        Arrays.fill(positionOfPrevious, -1);
        for (int i = 0; i < previous.size(); i++) {
            PackEntry pack = previous.get(i);
            usable.set(i, !distrusted.contains(pack.id()) && isPresent(pack));
        }
    }

    /// Whether extents of the previous manifest's pack may be taken over.
    boolean isUsable(int previousPosition) {
        return usable.get(previousPosition);
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
            if (!isPresent(entry)) {
                throw new RetryableException(
                        FailureCode.OBJECT_MISSING,
                        "object '" + lineage.pack(entry.id()) + "' vanished while a backup that needs it was made",
                        "The next attempt stores its content again; find out what deletes objects from the"
                                + " repository.");
            }
            closed.add(entry);
        }
        return closed;
    }

    private boolean isPresent(PackEntry pack) {
        OptionalLong size = lineage.store().size(lineage.pack(pack.id()));
        return size.isPresent() && size.getAsLong() == pack.size();
    }
}
