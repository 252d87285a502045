package io.walkback.backup.committed;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestDigest;
import java.util.Optional;

/// A backup whose manifest is committed and whose packs are all there.
public record CommittedBackup(Lineage lineage, BackupSummary summary, ManifestDigest digest) {
    /// Looked for in every lineage that the database ever had: the server may be gone by now.
    static Optional<CommittedBackup> find(Repository repository, DatabaseId database, BackupId backup) {
        for (SystemIdentifier system : repository.systems(database)) {
            Optional<LineageRepository> lineage = repository.find(database, system);
            if (lineage.isPresent() && lineage.get().findBackup(backup).isPresent()) {
                try (BackupReader reader = lineage.get().openBackup(backup)) {
                    reader.requireComplete();
                    return Optional.of(new CommittedBackup(lineage.get().lineage(), reader.summary(), reader.digest()));
                }
            }
        }
        return Optional.empty();
    }
}
