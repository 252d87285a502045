package io.walkback.backup.committed;

import io.walkback.backup.inventory.Databases;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.repository.Repository;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What physical and logical backups have in common: the newest one of their type is pinned and built on, and one
/// that an attempt before this one committed is adopted (P8, F03). Thread-safe.
public abstract class OneBackup implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OneBackup.class);

    private final Databases databases;
    private final Repository repository;
    private final NewestBackups newest;
    private final int slots;

    /// @param logical which type
    /// @param slots   backups that run here at once
    protected OneBackup(Databases databases, Repository repository, boolean logical, int slots) {
        this.databases = databases;
        this.repository = repository;
        this.newest = new NewestBackups(repository, logical);
        this.slots = slots;
    }

    /// The id that the operation's backup has.
    protected abstract BackupId backup(Operation operation);

    /// What an attempt holds alone.
    protected abstract Resource resource(DatabaseId database);

    /// Takes it.
    ///
    /// @param previous of the same type, pinned by this attempt's claim
    protected abstract CommittedBackup take(
            Attempt attempt, DatabaseRegistration registration, Optional<BackupId> previous)
            throws InterruptedException;

    /// How an attempt ends that has, or finds, this backup.
    protected abstract Result ended(CommittedBackup backup);

    @Override
    public final OperationKind kind() {
        return OperationKind.BACKUP;
    }

    @Override
    public final int slots() {
        return slots;
    }

    @Override
    public final boolean canDo(Operation operation) {
        return databases.isReady() && newest.isKnown(operation.database());
    }

    @Override
    public final Needs needs(Operation operation) {
        DatabaseId database = operation.database();
        return new Needs(
                Set.of(resource(database)), newest.of(database).map(Set::of).orElse(Set.of()));
    }

    @Override
    public final Result run(Attempt attempt) throws InterruptedException {
        Operation operation = attempt.operation();
        BackupId backup = backup(operation);
        try {
            DatabaseRegistration registration = databases.require(operation.database());
            Optional<CommittedBackup> committed = CommittedBackup.find(repository, operation.database(), backup);
            if (committed.isPresent()) {
                LOG.atInfo()
                        .addKeyValue("backupId", backup)
                        .addKeyValue("databaseId", operation.database())
                        .addKeyValue("attempt", attempt.number())
                        .log("backup is committed already, adopted");
                return ended(committed.get());
            }
            return ended(take(attempt, registration, pinned(operation)));
        } catch (PlatformException fault) {
            if (attempt.isOver() || Thread.currentThread().isInterrupted()) {
                // What breaks when an attempt is torn down is no fault of the work.
                LOG.atDebug().setCause(fault).addKeyValue("backupId", backup).log("backup stopped");
                throw new InterruptedException("attempt at backup " + backup + " is over");
            }
            throw fault;
        } finally {
            newest.forget(operation.database());
        }
    }

    private static Optional<BackupId> pinned(Operation operation) {
        return operation.holder().map(OperationState.Claimed::pins).flatMap(pins -> pins.stream()
                .findFirst());
    }
}
