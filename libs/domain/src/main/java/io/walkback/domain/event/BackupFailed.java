package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationRecord.Problem;

/// An attempt failed, or the last one that the policy allows.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param type whether pages or rows were to be copied
/// @param problem what went wrong
/// @param attempt which attempt failed, from 1; 0 when none had begun
/// @param finalAttempt no further attempt follows
public record BackupFailed(
        EventHeader header, BackupId backupId, BackupType type, Problem problem, int attempt, boolean finalAttempt)
        implements Event {}
