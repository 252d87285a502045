package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rehearsal that came to its end, as long as it is remembered.
///
/// @param drill the rehearsal
/// @param at when it ended
/// @param backupId the backup that was rehearsed
/// @param verdict what was proven
/// @param reason why it is not PROVEN; null when it is
/// @param object the object of the repository, or the relation, that is at fault
/// @param rtoMs measured time to recover, in milliseconds
/// @param rpoMs measured loss, in milliseconds, null when nothing could measure it
/// @param phases seconds per phase
/// @param proofMs how long the checks took after the first query, in milliseconds
/// @param sizeBytes plain bytes of all files
/// @param walBytes bytes of WAL replayed
/// @param reachedTime time of the last replayed commit, null when there was none
/// @param isolation how the scratch cluster was kept apart (P7)
/// @param host where it ran
/// @param reportDigest digest of the signed report
public record DrillRun(
        OperationId drill,
        Instant at,
        BackupId backupId,
        Verdict verdict,
        @Nullable String reason,
        @Nullable String object,
        long rtoMs,
        @Nullable Long rpoMs,
        Map<String, Double> phases,
        long proofMs,
        long sizeBytes,
        long walBytes,
        @Nullable Instant reachedTime,
        String isolation,
        String host,
        @Nullable String reportDigest) {
    public DrillRun {
        at = at.truncatedTo(ChronoUnit.MICROS);
        phases = Map.copyOf(phases);
        reachedTime = reachedTime == null ? null : reachedTime.truncatedTo(ChronoUnit.MICROS);
    }
}
