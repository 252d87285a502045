package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// A stretch of WAL on one timeline, without a hole, that some kept backup leads into.
///
/// @param timeline the timeline that the stretch is on
/// @param backupId the oldest kept backup that leads into it
/// @param fromLsn first position that can be recovered to
/// @param toLsn last position that can be recovered to
/// @param fromTime earliest time that can be recovered to, null when none can
/// @param toTime latest time that can be recovered to, null when none can
public record RecoverableRange(
        TimelineId timeline,
        BackupId backupId,
        Lsn fromLsn,
        Lsn toLsn,
        @Nullable Instant fromTime,
        @Nullable Instant toTime) {
    public RecoverableRange {
        fromTime = fromTime == null ? null : fromTime.truncatedTo(ChronoUnit.MICROS);
        toTime = toTime == null ? null : toTime.truncatedTo(ChronoUnit.MICROS);
    }
}
