package io.walkback.domain.event;

import io.walkback.domain.BackupId;

/// A worker of the host holds the claim and the target directory.
///
/// @param header id, database, time and version of this record
/// @param operationId the restore
/// @param backupId the backup that it starts from
/// @param attempt counts from 1
/// @param epoch the claim, as topic id, partition and offset in operation-log
/// @param worker name and boot UUID of the worker
/// @param host the host
/// @param directory absolute path of the data directory
public record RestoreStarted(
        EventHeader header,
        String operationId,
        BackupId backupId,
        int attempt,
        String epoch,
        String worker,
        String host,
        String directory)
        implements Event {}
