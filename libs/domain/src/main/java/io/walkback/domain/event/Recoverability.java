package io.walkback.domain.event;

import io.walkback.domain.SystemIdentifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a database can be walked back to.
///
/// @param header id, database, time and version of this record
/// @param systemIdentifier the cluster; null before the first backup
/// @param ranges by timeline and position, without overlap
/// @param holes what is known to be missing, by timeline and position
/// @param openGaps holes in the WAL that stand open
/// @param lastArchivedAt when WAL last became durable
/// @param rpoMs what would be lost now, in milliseconds; null when it cannot be told
public record Recoverability(
        EventHeader header,
        @Nullable SystemIdentifier systemIdentifier,
        List<RecoverableRange> ranges,
        List<WalHole> holes,
        int openGaps,
        @Nullable Instant lastArchivedAt,
        @Nullable Long rpoMs)
        implements State {
    public Recoverability {
        ranges = List.copyOf(ranges);
        holes = List.copyOf(holes);
        lastArchivedAt = lastArchivedAt == null ? null : lastArchivedAt.truncatedTo(ChronoUnit.MICROS);
    }
}
