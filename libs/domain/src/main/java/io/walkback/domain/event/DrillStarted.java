package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.WorkerId;

/// A rehearsal has begun in a scratch cluster.
///
/// @param header id, database, time and version of this record
/// @param operationId the rehearsal
/// @param backupId the backup that is rehearsed
/// @param attempt counts from 1
/// @param epoch the claim that won
/// @param worker the worker that holds it
/// @param host the host
public record DrillStarted(
        EventHeader header,
        OperationId operationId,
        BackupId backupId,
        int attempt,
        Epoch epoch,
        WorkerId worker,
        String host)
        implements Event {}
