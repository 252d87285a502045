package io.walkback.backup.committed;

import io.walkback.domain.BackupId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins a backup that takes over what the one before it has already.
public final class NextBackup {
    private static final Logger LOG = LoggerFactory.getLogger(NextBackup.class);

    private NextBackup() {}

    /// A base that cannot be read any more costs bytes, not the backup: what it holds is stored again (P1).
    ///
    /// @param previous pinned by the attempt that asks
    public static BackupWriter writer(
            LineageRepository lineage, BackupId backup, Optional<BackupId> previous, BackupSettings settings) {
        try {
            return lineage.newBackup(
                    backup, UUID.randomUUID(), previous.filter(id -> isThere(lineage, id)), Set.of(), settings);
        } catch (PlatformException fault) {
            if (fault instanceof RetryableException || previous.isEmpty()) {
                throw fault;
            }
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("backupId", previous.get())
                    .log("previous backup cannot be built on, everything is stored anew");
            return lineage.newBackup(backup, UUID.randomUUID(), Optional.empty(), Set.of(), settings);
        }
    }

    private static boolean isThere(LineageRepository lineage, BackupId previous) {
        return lineage.findBackup(previous).isPresent();
    }
}
