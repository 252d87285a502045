package io.walkback.repository.copy;

import io.walkback.domain.BackupId;
import io.walkback.repository.verify.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What one run did.
///
/// @param backups  whole in the copy now, those from earlier runs included, as far as this run looked
/// @param copied   objects that this run wrote
/// @param bytes    of them
/// @param present  objects that were there already
/// @param newest   when the newest object that was seen in the source was stored, by its clock; the epoch if none
/// was
/// @param findings backups that were left out, each with the object that the source has lost or that differs
public record CopyReport(
        Set<BackupId> backups, long copied, long bytes, long present, Instant newest, List<Finding> findings) {
    public CopyReport {
        backups = Set.copyOf(backups);
        findings = List.copyOf(findings);
    }

    public boolean isComplete() {
        return findings.isEmpty();
    }
}
