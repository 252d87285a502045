package io.walkback.backup.completion;

import io.walkback.backup.server.Clusters;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.operation.Facts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupReader;
import java.util.Optional;

/// What holds of a backup before it is called completed, beside its WAL being there. Stateless.
final class WholeBackup {
    private WholeBackup() {}

    /// Fails unless the manifest that the log names is there, and everything that it names.
    static void require(LineageRepository lineage, Facts.BackedUp facts) {
        try (BackupReader reader = lineage.openBackup(facts.backup())) {
            reader.requireComplete();
            if (!reader.digest().toString().equals(facts.manifestDigest())) {
                throw new CorruptDataException(
                        FailureCode.OBJECT_CORRUPT,
                        "manifest '" + reader.summary().manifest() + "' has digest " + reader.digest() + ", not "
                                + facts.manifestDigest() + " as the log says",
                        "Somebody changed the repository; take another backup and find out who.");
            }
        }
    }

    /// Locks the WAL that makes the backup consistent as long as its manifest: it came while the backup ran, and
    /// was locked when it came.
    ///
    /// @param registration empty: nobody wants anything of that database any more, and it gets no new locks
    static void lockWal(LineageRepository lineage, Facts.BackedUp facts, Optional<DatabaseRegistration> registration) {
        Immutability wanted =
                registration.map(database -> database.policy().immutability()).orElse(Immutability.NONE);
        LineageRepository locking = Clusters.locking(lineage, wanted);
        if (locking.lineage().store().locks().isPresent()) {
            locking.lockWal(facts.backup(), WalCoverage.needed(lineage.wal(), facts));
        }
    }
}
