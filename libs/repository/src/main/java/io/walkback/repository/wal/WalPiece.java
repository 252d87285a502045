package io.walkback.repository.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;

/// A stored piece of an unfinished segment: its bytes from `from` up to `to`.
public record WalPiece(WalSegment segment, Lsn from, Lsn to) {
    public WalPiece {
        if (from.isBefore(segment.start()) || !from.isBefore(to) || to.isAfter(segment.end())) {
            throw new IllegalArgumentException("bytes " + from + " to " + to + " of segment " + segment);
        }
    }
}
