package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.WorkerId;

/// A worker holds the claim and the server has begun the backup.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param attempt counts from 1
/// @param epoch the claim that won
/// @param worker the worker that holds it
/// @param startLsn where recovery of this attempt would begin
public record BackupStarted(
        EventHeader header, BackupId backupId, int attempt, Epoch epoch, WorkerId worker, Lsn startLsn)
        implements Event {}
