package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The target was reached and the copy is open, or its files are in place when nothing was to be started.
///
/// @param header id, database, time and version of this record
/// @param operationId the restore
/// @param backupId the backup that it started from
/// @param reachedLsn where recovery ended, null when nothing was started
/// @param reachedTime time of the last replayed commit, null when there was none
/// @param timeline timeline on which the copy is open
/// @param phases seconds per phase: plan, fetch, verify, recover, open
/// @param bytes plain bytes of all files
/// @param host the host
/// @param directory absolute path of the data directory
/// @param port TCP port of the running copy, null when it has none
/// @param socketDirectory directory of its unix socket, null when it is not running
/// @param keptBytes how many of `bytes` a delta restore found in the directory and kept; null for other restores
public record RestoreCompleted(
        EventHeader header,
        OperationId operationId,
        BackupId backupId,
        @Nullable Lsn reachedLsn,
        @Nullable Instant reachedTime,
        TimelineId timeline,
        Map<String, Double> phases,
        long bytes,
        String host,
        String directory,
        @Nullable Integer port,
        @Nullable String socketDirectory,
        @Nullable Long keptBytes)
        implements Event {
    public RestoreCompleted {
        reachedTime = reachedTime == null ? null : reachedTime.truncatedTo(ChronoUnit.MICROS);
        phases = Map.copyOf(phases);
    }
}
