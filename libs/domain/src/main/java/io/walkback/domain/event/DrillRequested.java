package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A restore is to be rehearsed in a scratch cluster.
///
/// @param header id, database, time and version of this record
/// @param requestId whoever asks picks it; a repetition carries the same one
/// @param operationId the operation that this opens
/// @param choice which backup is taken
/// @param backupId the backup, when the choice is NAMED
/// @param target where recovery ends
/// @param labels what a worker must offer
/// @param requestedBy who asked
/// @param notAfter later than this the request is stale and is not carried out
/// @param randomWindow recovery ends at a moment drawn from the last so much time; null: at the target
public record DrillRequested(
        EventHeader header,
        String requestId,
        OperationId operationId,
        DrillChoice choice,
        @Nullable BackupId backupId,
        RecoveryTarget target,
        Map<String, String> labels,
        String requestedBy,
        Instant notAfter,
        @Nullable Duration randomWindow)
        implements Event {
    public DrillRequested {
        labels = Map.copyOf(labels);
        notAfter = notAfter.truncatedTo(ChronoUnit.MICROS);
    }
}
