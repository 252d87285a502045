package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import java.util.List;

/// What a verification read and found.
///
/// @param findings at most [BackupVerifier#LISTED]; `findingCount` counts all
public record VerificationReport(
        BackupId backup, Depth depth, long objects, long bytes, long findingCount, List<Finding> findings) {
    /// How much was read.
    public enum Depth {
        /// Manifest whole; of each pack size, header, index and footer.
        STRUCTURE,
        /// Every byte of every object, decoded, and every file put together.
        FULL
    }

    public VerificationReport {
        findings = List.copyOf(findings);
    }

    public boolean isClean() {
        return findingCount == 0;
    }
}
