package io.walkback.scheduler.state;

import io.walkback.catalog.view.StateView;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Approval;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.IdempotencyRecord;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.schemas.Topics;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The views of this service. Thread-safe.
public record State(
        StateView<Operation> operations,
        StateView<BackupCatalogEntry> backups,
        StateView<DatabaseRegistration> databases,
        StateView<Approval> approvals,
        StateView<IdempotencyRecord> idempotency,
        StateView<Recoverability> recoverability,
        StateView<WalIndexChunk> wal,
        StateView<DrillHistory> drills) {
    public static State empty() {
        return new State(
                StateView.versioned(Operation.class, Operation::stateVersion),
                StateView.versioned(BackupCatalogEntry.class, entry -> version(entry.header())),
                StateView.of(DatabaseRegistration.class),
                StateView.of(Approval.class),
                StateView.of(IdempotencyRecord.class),
                StateView.of(Recoverability.class),
                StateView.of(WalIndexChunk.class),
                StateView.versioned(DrillHistory.class, history -> version(history.header())));
    }

    private static long version(EventHeader header) {
        Long version = header.stateVersion();
        return version == null ? 0 : version;
    }

    public Map<String, StateView<?>> byTopic() {
        return Map.of(
                Topics.OPERATIONS.name(), operations,
                Topics.BACKUP_CATALOG.name(), backups,
                Topics.DATABASES.name(), databases,
                Topics.APPROVALS.name(), approvals,
                Topics.IDEMPOTENCY.name(), idempotency,
                Topics.RECOVERABILITY.name(), recoverability,
                Topics.WAL_INDEX.name(), wal,
                Topics.DRILLS.name(), drills);
    }

    /// The key of an operation in its topic.
    public static String key(DatabaseId database, OperationId operation) {
        return database + "/" + operation;
    }

    public Optional<DatabaseRegistration> database(DatabaseId id) {
        return databases.find(id.value());
    }

    public Optional<Operation> operation(DatabaseId database, OperationId id) {
        return operations.find(key(database, id));
    }

    /// The operation of this id; where two databases have one each, the older.
    public Optional<Operation> operation(OperationId id) {
        return operations
                .all()
                .filter(operation -> operation.id().equals(id))
                .min(Comparator.comparing(Operation::openedAt));
    }

    /// Backups of `database`.
    public Stream<BackupCatalogEntry> backupsOf(DatabaseId database) {
        return backups.below(database + "/");
    }

    /// The WAL index of `database`, of all its clusters.
    public Stream<WalIndexChunk> walOf(DatabaseId database) {
        return wal.below(database + "/");
    }

    /// The rehearsals of `database` that came to their ends, the newest last.
    public List<DrillRun> drillsOf(DatabaseId database) {
        return drills.find(database.value()).map(DrillHistory::runs).orElse(List.of());
    }

    /// Backups of this id, one per database that has one.
    public List<BackupCatalogEntry> backups(BackupId id) {
        return backups.all().filter(entry -> entry.backupId().equals(id)).toList();
    }
}
