package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rehearsal ran to its end and judged (P9).
///
/// @param header id, database, time and version of this record
/// @param operationId the rehearsal
/// @param backupId the backup that was rehearsed
/// @param verdict what was proven
/// @param reason why it is not PROVEN; null when it is
/// @param rtoMs measured time to recover, in milliseconds
/// @param rpoMs measured loss, in milliseconds, null when nothing could measure it
/// @param phases seconds per phase
/// @param reachedLsn where recovery ended
/// @param reachedTime time of the last replayed commit, null when there was none
/// @param timeline timeline that was followed
/// @param isolation how the scratch cluster was kept apart (P7)
/// @param reportDigest digest of the signed report
public record DrillCompleted(
        EventHeader header,
        OperationId operationId,
        BackupId backupId,
        Verdict verdict,
        @Nullable String reason,
        long rtoMs,
        @Nullable Long rpoMs,
        Map<String, Double> phases,
        Lsn reachedLsn,
        @Nullable Instant reachedTime,
        TimelineId timeline,
        String isolation,
        @Nullable String reportDigest)
        implements Event {
    public DrillCompleted {
        phases = Map.copyOf(phases);
        reachedTime = reachedTime == null ? null : reachedTime.truncatedTo(ChronoUnit.MICROS);
    }
}
