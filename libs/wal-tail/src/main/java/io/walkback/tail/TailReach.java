package io.walkback.tail;

import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalPiece;

/// From where to where a tail holds WAL of one timeline; what lies between may have holes.
///
/// @param first the segment that holds its first byte
/// @param to    the first position behind its last byte
public record TailReach(WalSegment first, Lsn to) {
    static TailReach of(WalPiece piece) {
        return new TailReach(piece.segment(), piece.to());
    }

    TailReach with(TailReach other) {
        return new TailReach(first.compareTo(other.first) <= 0 ? first : other.first, Lsn.max(to, other.to));
    }

    /// The segment that holds its last byte.
    public WalSegment last() {
        return WalSegment.endingAt(first.timeline(), to, first.size());
    }
}
