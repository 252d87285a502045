package io.walkback.repository.wal;

import io.walkback.domain.WalSegment;

/// Segments of one timeline without a hole between them, both ends included.
public record SegmentRange(WalSegment first, WalSegment last) {
    public long count() {
        return last.number() - first.number() + 1;
    }
}
