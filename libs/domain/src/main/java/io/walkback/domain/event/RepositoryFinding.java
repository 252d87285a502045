package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.util.List;

/// Something in the repository is not as it must be (P3).
///
/// @param header id, database, time and version of this record
/// @param findingId identifies the finding; seen again it keeps its id
/// @param severity how soon a person must look
/// @param problem what went wrong
/// @param object name of the object
/// @param affectedBackups backups whose closure holds it, at most 100
public record RepositoryFinding(
        EventHeader header,
        String findingId,
        Severity severity,
        Problem problem,
        String object,
        List<BackupId> affectedBackups)
        implements Event {
    public RepositoryFinding {
        affectedBackups = List.copyOf(affectedBackups);
    }
}
