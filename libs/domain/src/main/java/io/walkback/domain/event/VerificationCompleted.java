package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import org.jspecify.annotations.Nullable;

/// Everything that was to be read back is there and right.
///
/// @param header id, database, time and version of this record
/// @param operationId the verification
/// @param backupId the backup; null for all of the database
/// @param objects objects that were read
/// @param bytes stored bytes that were read
/// @param durationMs in milliseconds
public record VerificationCompleted(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        long objects,
        long bytes,
        long durationMs)
        implements Event {}
