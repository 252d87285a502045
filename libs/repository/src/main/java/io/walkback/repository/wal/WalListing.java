package io.walkback.repository.wal;

import io.walkback.domain.WalSegment;
import java.util.List;
import java.util.Optional;

/// What is stored of one timeline, by one listing.
///
/// @param ranges     the complete segments as ranges without holes, in order
/// @param lastPieced the last segment of which there are pieces, whether it is complete or not
public record WalListing(List<SegmentRange> ranges, Optional<WalSegment> lastPieced) {
    public static final WalListing EMPTY = new WalListing(List.of(), Optional.empty());

    public WalListing {
        ranges = List.copyOf(ranges);
    }

    /// Whether there is anything of a segment behind `segment`.
    public boolean goesOnBehind(WalSegment segment) {
        return (!ranges.isEmpty() && ranges.getLast().last().number() > segment.number())
                || lastPieced.filter(last -> last.number() > segment.number()).isPresent();
    }
}
