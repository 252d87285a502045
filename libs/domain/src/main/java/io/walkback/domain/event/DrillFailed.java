package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import org.jspecify.annotations.Nullable;

/// A rehearsal could not be carried out; that is not a pass.
///
/// @param header id, database, time and version of this record
/// @param operationId the rehearsal
/// @param backupId the backup, when one was chosen
/// @param problem what went wrong
/// @param attempt which attempt failed, from 1; 0 when none had begun
/// @param finalAttempt no further attempt follows
public record DrillFailed(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        Problem problem,
        int attempt,
        boolean finalAttempt)
        implements Event {}
