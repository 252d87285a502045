package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.WorkerId;
import org.jspecify.annotations.Nullable;

/// A worker of the host holds the claim and the target directory.
///
/// @param header id, database, time and version of this record
/// @param operationId the restore
/// @param backupId the backup that it starts from; null when none was named
/// @param attempt counts from 1
/// @param epoch the claim that won
/// @param worker the worker that holds it
/// @param host the host
/// @param directory absolute path of the data directory
public record RestoreStarted(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        int attempt,
        Epoch epoch,
        WorkerId worker,
        String host,
        String directory)
        implements Event {}
