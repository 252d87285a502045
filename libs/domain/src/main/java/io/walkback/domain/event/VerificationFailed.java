package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something is missing or damaged, or could not be read to the end.
///
/// @param header id, database, time and version of this record
/// @param operationId the verification
/// @param backupId the backup; null for all of the database
/// @param problem what went wrong
/// @param damagedObjects how many objects are damaged or missing
/// @param examples names of the first of them, at most 100
/// @param finalAttempt no further attempt follows
public record VerificationFailed(
        EventHeader header,
        OperationId operationId,
        @Nullable BackupId backupId,
        Problem problem,
        long damagedObjects,
        List<String> examples,
        boolean finalAttempt)
        implements Event {
    public VerificationFailed {
        examples = List.copyOf(examples);
    }
}
