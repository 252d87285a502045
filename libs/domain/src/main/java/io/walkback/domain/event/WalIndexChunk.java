package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is known of up to [SegmentFigures#MOST] WAL segments of one timeline.
///
/// @param header id, database, time and version of this record
/// @param systemIdentifier the cluster that wrote them
/// @param timeline timeline of the segments
/// @param segmentSize bytes of a segment
/// @param firstSegment number of the first one, a multiple of [SegmentFigures#MOST]
/// @param ancestors of the timeline, oldest first; null while its history file is not known
/// @param lastArchivedAt when the last of them, by position, became durable
/// @param segments which are there, their sizes and commit times
public record WalIndexChunk(
        EventHeader header,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        int segmentSize,
        long firstSegment,
        @Nullable List<TimelineHistory.Branch> ancestors,
        Instant lastArchivedAt,
        SegmentFigures segments)
        implements State {
    public WalIndexChunk {
        ancestors = ancestors == null ? null : List.copyOf(ancestors);
        lastArchivedAt = lastArchivedAt.truncatedTo(ChronoUnit.MICROS);
    }

    /// Its key: chunks of one timeline follow each other, timelines by their number.
    public String key() {
        return header.database()
                + String.format(
                        Locale.ROOT, "/%016X/%08X/%016X", systemIdentifier.value(), timeline.value(), firstSegment);
    }

    /// Where the segment with this place in the chunk begins.
    public Lsn start(int index) {
        return new Lsn((firstSegment + index) * segmentSize);
    }
}
