package io.walkback.repository.copy;

import io.walkback.repository.verify.Finding;
import java.util.List;

/// What one run did.
///
/// @param backups  committed in the copy now, those from earlier runs included
/// @param copied   objects that this run wrote
/// @param bytes    of them
/// @param present  objects that were there already
/// @param findings backups that were left out, each with the object that the source has lost or that differs
public record CopyReport(long backups, long copied, long bytes, long present, List<Finding> findings) {
    public CopyReport {
        findings = List.copyOf(findings);
    }

    public boolean isComplete() {
        return findings.isEmpty();
    }
}
