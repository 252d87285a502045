package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// WAL is missing between two positions.
///
/// @param header id, database, time and version of this record
/// @param gapId identifies the hole
/// @param systemIdentifier the cluster
/// @param timeline timeline of the hole
/// @param fromLsn first missing byte
/// @param toLsn first byte that is there again
/// @param cause what made the hole
/// @param windowFrom from this time on recovery is affected, null when unknown
/// @param windowTo up to this time recovery is affected, null when unknown
/// @param action what is done about it
public record WalGapDetected(
        EventHeader header,
        String gapId,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        Lsn fromLsn,
        Lsn toLsn,
        String cause,
        @Nullable Instant windowFrom,
        @Nullable Instant windowTo,
        GapAction action)
        implements Event {
    /// How the id of a hole begins whose WAL was in the repository and is not there any more (F39).
    public static final String REMOVED = "removed/";

    public WalGapDetected {
        windowFrom = windowFrom == null ? null : windowFrom.truncatedTo(ChronoUnit.MICROS);
        windowTo = windowTo == null ? null : windowTo.truncatedTo(ChronoUnit.MICROS);
    }

    /// Whether its WAL was in the repository. Otherwise it never came.
    public boolean isRemoval() {
        return gapId.startsWith(REMOVED);
    }
}
