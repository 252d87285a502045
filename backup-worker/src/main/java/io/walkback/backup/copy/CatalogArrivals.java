package io.walkback.backup.copy;

import io.walkback.catalog.view.StateFollower;
import io.walkback.catalog.view.StateView;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.OperationLog;
import io.walkback.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the operation log which backups the second place has, by the catalog, which learns it from there. What
/// the log does not take is said again after the next round. Some kilobyte a backup.
public final class CatalogArrivals implements Arrivals, AutoCloseable {
    /// Backups are in two places at most.
    private static final int BOTH = 2;

    /// Who found it, in the log.
    private static final String BY = "second repository";

    private static final Logger LOG = LoggerFactory.getLogger(CatalogArrivals.class);

    private final StateView<BackupCatalogEntry> catalog = StateView.versioned(
            BackupCatalogEntry.class,
            entry -> Objects.requireNonNullElse(entry.header().stateVersion(), 0L));
    private final StateFollower follower;
    private final OperationLog log;
    private final Clock clock;

    /// Starts to follow the catalog, whose topic must exist.
    ///
    /// @param consumers makes a consumer that belongs to no group
    /// @param onFatal   called when the topic can no longer be followed
    public CatalogArrivals(
            Supplier<org.apache.kafka.clients.consumer.Consumer<String, Object>> consumers,
            OperationLog log,
            Clock clock,
            Consumer<Throwable> onFatal) {
        this.log = log;
        this.clock = clock;
        this.follower = new StateFollower(consumers, Map.of(Topics.BACKUP_CATALOG.name(), catalog), onFatal);
        follower.start();
    }

    @Override
    public Set<BackupId> awaited(DatabaseId database) {
        return catalog.below(database + "/")
                .filter(entry -> entry.status() == BackupStatus.COMPLETED && entry.copies() < BOTH)
                .map(BackupCatalogEntry::backupId)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void arrived(DatabaseId database, BackupId backup) {
        catalog.find(database + "/" + backup)
                .flatMap(entry -> record(entry, clock.instant()))
                .ifPresent(found -> {
                    var _ = log.append(found).whenComplete((_, fault) -> tell(found, fault));
                });
    }

    private static void tell(OperationRecord.Found found, @Nullable Throwable fault) {
        if (fault == null) {
            LOG.atInfo()
                    .addKeyValue("databaseId", found.database())
                    .addKeyValue("backupId", found.operation())
                    .log("backup is in the second place");
        } else {
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("databaseId", found.database())
                    .addKeyValue("backupId", found.operation())
                    .log("arrival of a backup in the second place not written, said again later");
        }
    }

    /// What the catalog knows of a completed backup, for a log that may have forgotten how it was made; empty where
    /// it knows too little.
    static Optional<OperationRecord.Found> record(BackupCatalogEntry entry, Instant at) {
        BackupExtent extent = entry.extent();
        Instant startedAt = entry.startedAt();
        Instant completedAt = entry.completedAt();
        if (extent == null || startedAt == null || completedAt == null) {
            return Optional.empty();
        }
        Facts facts = entry.type() == BackupType.LOGICAL
                ? new Facts.Dumped(
                        entry.backupId(),
                        extent.systemIdentifier(),
                        extent.serverVersion(),
                        extent.timeline(),
                        extent.startLsn(),
                        extent.stopLsn(),
                        extent.walSegmentSize(),
                        extent.sizeBytes(),
                        extent.storedBytes(),
                        extent.manifestDigest(),
                        startedAt,
                        completedAt)
                : new Facts.BackedUp(
                        entry.backupId(),
                        extent.systemIdentifier(),
                        extent.serverVersion(),
                        extent.timeline(),
                        extent.startLsn(),
                        extent.stopLsn(),
                        extent.walSegmentSize(),
                        extent.sizeBytes(),
                        extent.storedBytes(),
                        extent.manifestDigest(),
                        startedAt,
                        completedAt,
                        extent.pageChecksumErrors());
        return Optional.of(new OperationRecord.Found(
                entry.header().database(), new OperationId(entry.backupId().value()), facts, true, BOTH, BY, at));
    }

    @Override
    public void close() {
        follower.close();
    }
}
