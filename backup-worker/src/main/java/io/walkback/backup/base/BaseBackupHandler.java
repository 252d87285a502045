package io.walkback.backup.base;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackedUp;
import io.walkback.repository.backup.BackupReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does operations of kind `BACKUP`. Thread-safe.
public final class BaseBackupHandler implements AttemptHandler {
    private static final Logger LOG = LoggerFactory.getLogger(BaseBackupHandler.class);

    private final Databases databases;
    private final Repository repository;
    private final BaseBackup backups;
    private final NewestBackups newest;
    private final int slots;

    /// @param workDirectory for spools and indexes of running backups; can be lost
    /// @param slots         backups that run here at once
    /// @param threads       that hash and compress, for each of them
    public BaseBackupHandler(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            Clock clock,
            Path workDirectory,
            int slots,
            int threads) {
        this.databases = databases;
        this.repository = clusters.repository();
        this.backups = new BaseBackup(servers, clusters, announcements, clock, workDirectory, threads);
        this.newest = new NewestBackups(repository);
        this.slots = slots;
    }

    @Override
    public OperationKind kind() {
        return OperationKind.BACKUP;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public boolean canDo(Operation operation) {
        return databases.isReady() && newest.isKnown(operation.database());
    }

    @Override
    public Needs needs(Operation operation) {
        DatabaseId database = operation.database();
        Set<BackupId> pins = newest.of(database).map(Set::of).orElse(Set.of());
        return new Needs(Set.of(Resource.base(database)), pins);
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        Operation operation = attempt.operation();
        BackupId backup = backup(operation);
        try {
            DatabaseRegistration registration = databases.require(operation.database());
            Optional<Facts.BackedUp> committed = committed(operation.database(), backup);
            if (committed.isPresent()) {
                LOG.atInfo()
                        .addKeyValue("backupId", backup)
                        .addKeyValue("databaseId", operation.database())
                        .addKeyValue("attempt", attempt.number())
                        .log("backup is committed already, adopted");
                return new Result.Copied(committed.get());
            }
            return new Result.Copied(backups.run(attempt, backup, registration, pinned(operation)));
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

    /// Looked for in every lineage that the database ever had: the server may be gone by now.
    private Optional<Facts.BackedUp> committed(DatabaseId database, BackupId backup) {
        for (SystemIdentifier system : repository.systems(database)) {
            Optional<LineageRepository> lineage = repository.find(database, system);
            if (lineage.isPresent() && lineage.get().findBackup(backup).isPresent()) {
                try (BackupReader reader = lineage.get().openBackup(backup)) {
                    reader.requireComplete();
                    return Optional.of(BackedUp.of(lineage.get().lineage(), reader.summary(), reader.digest()));
                }
            }
        }
        return Optional.empty();
    }

    private static BackupId backup(Operation operation) {
        if (operation.command() instanceof Command.TakeBackup(BackupId backup)) {
            return backup;
        }
        throw new IllegalStateException("operation " + operation.id() + " is no backup: " + operation.command());
    }

    private static Optional<BackupId> pinned(Operation operation) {
        return operation.holder().map(OperationState.Claimed::pins).flatMap(pins -> pins.stream()
                .findFirst());
    }
}
