package io.walkback.repository.backup;

import io.walkback.domain.operation.Facts;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestDigest;

/// What a committed manifest says, as the log keeps it: the same words whoever reads it and however often.
public final class BackedUp {
    private BackedUp() {}

    public static Facts.BackedUp of(Lineage lineage, BackupSummary summary, ManifestDigest digest) {
        BackupFacts facts = summary.facts();
        return new Facts.BackedUp(
                summary.id(),
                lineage.system(),
                facts.server().version(),
                facts.wal().startTimeline(),
                facts.wal().start(),
                facts.wal().stop(),
                facts.server().walSegmentSize(),
                summary.statistics().bytes(),
                summary.statistics().storedBytes(),
                digest.toString(),
                facts.startedAt(),
                facts.completedAt(),
                facts.pageFindings().total());
    }

    /// The same of a logical backup.
    public static Facts.Dumped dumped(Lineage lineage, BackupSummary summary, ManifestDigest digest) {
        BackupFacts facts = summary.facts();
        return new Facts.Dumped(
                summary.id(),
                lineage.system(),
                facts.server().version(),
                facts.wal().startTimeline(),
                facts.wal().start(),
                facts.wal().stop(),
                facts.server().walSegmentSize(),
                summary.statistics().bytes(),
                summary.statistics().storedBytes(),
                digest.toString(),
                facts.startedAt(),
                facts.completedAt());
    }
}
