package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;

/// A worker holds the claim and the server has begun the backup.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param attempt counts from 1
/// @param epoch the claim, as topic id, partition and offset in operation-log
/// @param worker name and boot UUID of the worker
/// @param startLsn where recovery of this attempt would begin
public record BackupStarted(
        EventHeader header, BackupId backupId, int attempt, String epoch, String worker, Lsn startLsn)
        implements Event {}
