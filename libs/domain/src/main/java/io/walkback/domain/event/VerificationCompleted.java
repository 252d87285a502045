package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Everything that was to be read back is there and right.
///
/// @param header id, database, time and version of this record
/// @param operationId the verification
/// @param backupId the backup; null for all of the database
/// @param objects objects that were read
/// @param bytes stored bytes that were read
/// @param durationMs in milliseconds
/// @param allReadSince since when everything of the database has been read and found right, by this verification or
/// by this and earlier ones of the other parts; null where that cannot be said
public record VerificationCompleted(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        long objects,
        long bytes,
        long durationMs,
        @Nullable Instant allReadSince)
        implements Event {
    public VerificationCompleted {
        allReadSince = allReadSince == null ? null : allReadSince.truncatedTo(ChronoUnit.MICROS);
    }
}
