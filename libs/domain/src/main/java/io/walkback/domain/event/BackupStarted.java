package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.WorkerId;
import org.jspecify.annotations.Nullable;

/// A worker holds the claim.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param attempt counts from 1
/// @param epoch the claim that won
/// @param worker the worker that holds it
/// @param startLsn where recovery of this attempt would begin; null when it is not known yet
public record BackupStarted(
        EventHeader header,
        BackupId backupId,
        int attempt,
        Epoch epoch,
        WorkerId worker,
        @Nullable Lsn startLsn) implements Event {}
