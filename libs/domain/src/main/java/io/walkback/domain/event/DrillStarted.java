package io.walkback.domain.event;

import io.walkback.domain.BackupId;

/// A rehearsal has begun in a scratch cluster.
///
/// @param header id, database, time and version of this record
/// @param operationId the rehearsal
/// @param backupId the backup that is rehearsed
/// @param attempt counts from 1
/// @param epoch the claim, as topic id, partition and offset in operation-log
/// @param worker name and boot UUID of the worker
/// @param host the host
public record DrillStarted(
        EventHeader header,
        String operationId,
        BackupId backupId,
        int attempt,
        String epoch,
        String worker,
        String host)
        implements Event {}
