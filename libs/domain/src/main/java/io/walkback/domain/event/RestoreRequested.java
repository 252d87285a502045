package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A database is to be restored into a directory of a named host.
///
/// @param header id, database, time and version of this record
/// @param requestId whoever asks picks it; a repetition carries the same one
/// @param operationId the operation that this opens
/// @param backupId the backup to start from; null lets the plan choose
/// @param target where recovery ends
/// @param timeline the timeline to follow; null means that of the backup
/// @param host the host that the directory is on; only a worker of that host may claim
/// @param directory absolute path of the new data directory
/// @param tablespaceMap old absolute path to new absolute path
/// @param noStart files only: nothing is started or recovered
/// @param destructive something that exists would be overwritten; needs a recorded approval
/// @param planDigest digest of the plan that was shown and approved
/// @param approvalId the approval, for a destructive request
/// @param requestedBy who asked
/// @param notAfter later than this the request is stale and is not carried out
/// @param delta goes over the data directory of the stopped server that is there, without a way back
/// @param exclusive recovery ends just before the target
/// @param validateOnly plan, look at the host, change nothing
/// @param breakGlass why nobody else was asked to approve; null: nobody broke the glass
/// @param inPlace in the place of the server that is there, which is set aside; null: not
public record RestoreRequested(
        EventHeader header,
        String requestId,
        OperationId operationId,
        @Nullable BackupId backupId,
        RecoveryTarget target,
        @Nullable TimelineId timeline,
        String host,
        String directory,
        Map<String, String> tablespaceMap,
        boolean noStart,
        boolean destructive,
        @Nullable String planDigest,
        @Nullable String approvalId,
        String requestedBy,
        Instant notAfter,
        boolean delta,
        boolean exclusive,
        boolean validateOnly,
        @Nullable String breakGlass,
        @Nullable InPlace inPlace)
        implements Event {
    public RestoreRequested {
        tablespaceMap = Map.copyOf(tablespaceMap);
        notAfter = notAfter.truncatedTo(ChronoUnit.MICROS);
    }
}
