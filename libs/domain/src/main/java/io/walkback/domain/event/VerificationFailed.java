package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something is missing or damaged, or could not be read to the end.
///
/// @param header id, database, time and version of this record
/// @param operationId the verification
/// @param backupId the backup; null for all of the database
/// @param failure what went wrong
/// @param damagedObjects how many objects are damaged or missing
/// @param examples names of the first of them, at most 100
/// @param finalAttempt no further attempt follows
public record VerificationFailed(
        EventHeader header,
        String operationId,
        @Nullable BackupId backupId,
        Failure failure,
        long damagedObjects,
        List<String> examples,
        boolean finalAttempt)
        implements Event {
    public VerificationFailed {
        examples = List.copyOf(examples);
    }
}
