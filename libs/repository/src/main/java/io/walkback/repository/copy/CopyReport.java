package io.walkback.repository.copy;

import io.walkback.repository.verify.Finding;
import java.time.Instant;
import java.util.List;

/// What one run did.
///
/// @param backups  committed in the copy now, those from earlier runs included
/// @param copied   objects that this run wrote
/// @param bytes    of them
/// @param present  objects that were there already
/// @param newest   when the newest object that was seen in the source was stored, by its clock; the epoch if none
/// was
/// @param findings backups that were left out, each with the object that the source has lost or that differs
public record CopyReport(long backups, long copied, long bytes, long present, Instant newest, List<Finding> findings) {
    public CopyReport {
        findings = List.copyOf(findings);
    }

    public boolean isComplete() {
        return findings.isEmpty();
    }
}
