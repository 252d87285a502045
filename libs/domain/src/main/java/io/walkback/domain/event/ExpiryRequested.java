package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the policy no longer keeps is to be removed.
///
/// @param header id, database, time and version of this record
/// @param requestId whoever asks picks it; a repetition carries the same one
/// @param operationId the operation that this opens
/// @param backupIds backups named by a person; empty means whatever the policy says
/// @param approvalId the approval; needed when backups are named
/// @param requestedBy who asked
/// @param notAfter later than this the request is stale and is not carried out
public record ExpiryRequested(
        EventHeader header,
        String requestId,
        OperationId operationId,
        List<BackupId> backupIds,
        @Nullable String approvalId,
        String requestedBy,
        Instant notAfter)
        implements Event {
    public ExpiryRequested {
        backupIds = List.copyOf(backupIds);
        notAfter = notAfter.truncatedTo(ChronoUnit.MICROS);
    }
}
