package io.walkback.repository.manifest;

import io.walkback.repository.extent.Digest128;
import io.walkback.repository.extent.Digester;
import io.walkback.repository.extent.PageMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// One extent of a file: a base that is stored whole, and the deltas over it, oldest first.
///
/// The content is the base's, cut or extended to `length`, with each delta's pages laid over it in order; pages
/// that lie beyond `length` are left out. Every page beyond the base's end is in some delta. No delta builds on
/// anything but this, so an extent is read with at most five reads.
///
/// @param length   plain bytes
/// @param identity of the content, as for an extent stored whole
public record FileExtent(int length, Digest128 identity, ExtentRef base, List<DeltaRef> deltas) {
    /// Deltas that one extent has at most.
    public static final int MOST_DELTAS = 4;

    public FileExtent {
        deltas = List.copyOf(deltas);
        if (deltas.size() > MOST_DELTAS) {
            throw new IllegalArgumentException(deltas.size() + " deltas, at most " + MOST_DELTAS);
        }
    }

    /// An extent that is its base.
    public static FileExtent whole(ExtentRef base) {
        return new FileExtent(base.length(), base.identity(), base, List.of());
    }

    /// Whether the base is all of it.
    public boolean isWhole() {
        return deltas.isEmpty() && length == base.length();
    }

    /// Base and deltas in the order in which they are read.
    public List<StoredPiece> pieces() {
        if (deltas.isEmpty()) {
            return List.of(base);
        }
        List<StoredPiece> pieces = new ArrayList<>(1 + deltas.size());
        pieces.add(base);
        pieces.addAll(deltas);
        return pieces;
    }

    /// Whether each page is in the base or in a delta.
    boolean isCovered() {
        PageMap pages = PageMap.first(base.length() / Digester.PAGE);
        for (DeltaRef delta : deltas) {
            pages = pages.union(delta.pages());
        }
        PageMap wanted = PageMap.first(length / Digester.PAGE);
        boolean paged = length % Digester.PAGE == 0 && base.length() % Digester.PAGE == 0;
        return isWhole() || (paged && pages.and(wanted).equals(wanted));
    }

    /// The same in another manifest's pack table.
    ///
    /// @param positions from a pack's position in this table to that in the other
    public FileExtent inPacks(IntUnaryOperator positions) {
        return new FileExtent(
                length,
                identity,
                base.inPack(positions.applyAsInt(base.pack())),
                deltas.stream()
                        .map(delta -> delta.inPack(positions.applyAsInt(delta.pack())))
                        .toList());
    }
}
