package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import org.jspecify.annotations.Nullable;

/// An attempt to restore failed; the target is marked incomplete.
///
/// @param header id, database, time and version of this record
/// @param operationId the restore
/// @param backupId the backup, when one was chosen
/// @param problem what went wrong
/// @param attempt which attempt failed, from 1; 0 when none had begun
/// @param finalAttempt no further attempt follows
/// @param phase the phase that failed
/// @param host the host; null when the request was refused
/// @param directory absolute path of the data directory; null when the request was refused
public record RestoreFailed(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        Problem problem,
        int attempt,
        boolean finalAttempt,
        @Nullable String phase,
        @Nullable String host,
        @Nullable String directory)
        implements Event {}
