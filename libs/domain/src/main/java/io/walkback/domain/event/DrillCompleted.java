package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
/// @param reachedLsn where recovery ended, null when it did not come to an end
/// @param reachedTime time of the last replayed commit, null when there was none
/// @param timeline timeline that was followed, null when recovery did not come to an end
/// @param isolation how the scratch cluster was kept apart (P7)
/// @param reportDigest digest of the signed report
/// @param object the object of the repository, or the relation, that is at fault
/// @param sizeBytes plain bytes of all files
/// @param walBytes bytes of WAL replayed
/// @param proofMs how long the checks took after the first query, in milliseconds
/// @param notCovered what was not checked
/// @param host where it ran
public record DrillCompleted(
        EventHeader header,
        OperationId operationId,
        BackupId backupId,
        Verdict verdict,
        @Nullable String reason,
        long rtoMs,
        @Nullable Long rpoMs,
        Map<String, Double> phases,
        @Nullable Lsn reachedLsn,
        @Nullable Instant reachedTime,
        @Nullable TimelineId timeline,
        String isolation,
        @Nullable String reportDigest,
        @Nullable String object,
        long sizeBytes,
        long walBytes,
        long proofMs,
        List<String> notCovered,
        String host)
        implements Event {
    public DrillCompleted {
        phases = Map.copyOf(phases);
        notCovered = List.copyOf(notCovered);
        reachedTime = reachedTime == null ? null : reachedTime.truncatedTo(ChronoUnit.MICROS);
    }
}
