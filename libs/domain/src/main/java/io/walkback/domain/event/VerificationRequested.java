package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Rotation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What the repository holds is to be read back and checked.
///
/// @param header id, database, time and version of this record
/// @param requestId whoever asks picks it; a repetition carries the same one
/// @param operationId the operation that this opens
/// @param backupId the backup to check with its closure; null for all of the database
/// @param requestedBy who asked
/// @param notAfter later than this the request is stale and is not carried out
/// @param rotation the part that is read whole, of the others the structure; null: everything
public record VerificationRequested(
        EventHeader header,
        String requestId,
        OperationId operationId,
        @Nullable BackupId backupId,
        String requestedBy,
        Instant notAfter,
        @Nullable Rotation rotation)
        implements Event {
    public VerificationRequested {
        notAfter = notAfter.truncatedTo(ChronoUnit.MICROS);
    }
}
