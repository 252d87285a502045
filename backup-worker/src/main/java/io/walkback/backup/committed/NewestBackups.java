package io.walkback.backup.committed;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.manifest.BackupSummary;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The newest committed backup of one type, of each database's current lineage, which the next backup builds on
/// and pins.
///
/// A claim must name its pins, and whoever decides about claims may not wait for a store; so the repository is
/// looked at beforehand, on a thread of its own, and what was found is good for [#GOOD_FOR]. Thread-safe.
final class NewestBackups {
    private static final Logger LOG = LoggerFactory.getLogger(NewestBackups.class);
    private static final Duration GOOD_FOR = Duration.ofMinutes(1);
    /// Manifests are many small reads; more at once would not make them faster.
    private static final int LOOKS_AT_ONCE = 4;

    private record Known(Optional<BackupId> newest, long atNanos, boolean looking) {
        boolean isFresh() {
            return System.nanoTime() - atNanos < GOOD_FOR.toNanos();
        }
    }

    private final Repository repository;
    private final boolean logical;
    private final Map<DatabaseId, Known> known = new ConcurrentHashMap<>();
    private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);

    /// @param logical of logical backups; false: of physical ones. Neither has extents that the other could use
    NewestBackups(Repository repository, boolean logical) {
        this.repository = repository;
        this.logical = logical;
    }

    /// Whether [#of] has an answer; if not, a look at the repository is under way. Never waits.
    boolean isKnown(DatabaseId database) {
        Known now = known.get(database);
        if (now != null && (now.looking() || now.isFresh())) {
            return !now.looking();
        }
        known.put(database, new Known(Optional.empty(), 0, true));
        Thread.ofVirtual().name("newest-backup-" + database).start(() -> look(database));
        return false;
    }

    /// The newest one as of the last look; empty also while nobody has looked.
    Optional<BackupId> of(DatabaseId database) {
        Known now = known.get(database);
        return now == null ? Optional.empty() : now.newest();
    }

    /// What was known is no longer so.
    void forget(DatabaseId database) {
        known.remove(database);
    }

    private void look(DatabaseId database) {
        Optional<BackupId> newest = Optional.empty();
        looks.acquireUninterruptibly();
        try {
            newest = repository.current(database).flatMap(lineage -> newest(lineage, logical));
        } catch (PlatformException fault) {
            // A backup can be made without one before it; a store that is away will say so again.
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", fault.code())
                    .log("newest backup not found out, the next one starts from nothing");
        } finally {
            looks.release();
            known.put(database, new Known(newest, System.nanoTime(), false));
        }
    }

    /// By time of completion, never by name (pitfall 57).
    static Optional<BackupId> newest(LineageRepository lineage, boolean logical) {
        return lineage.backups().stream()
                .flatMap(backup -> lineage.findBackup(backup).stream())
                .filter(summary -> summary.facts().isLogical() == logical)
                .max(Comparator.comparing(
                                (BackupSummary summary) -> summary.facts().completedAt())
                        .thenComparing(BackupSummary::id))
                .map(BackupSummary::id);
    }
}
