package io.walkback.backup.base;

import io.walkback.backup.committed.CommittedBackup;
import io.walkback.backup.committed.OneBackup;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.repository.backup.BackedUp;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/// Does operations of kind `BACKUP` that ask for a physical one. Thread-safe.
public final class BaseBackupHandler extends OneBackup {
    private final BaseBackup backups;

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
        super(databases, clusters.repository(), false, slots);
        this.backups = new BaseBackup(servers, clusters, announcements, clock, workDirectory, threads);
    }

    @Override
    protected BackupId backup(Operation operation) {
        if (operation.command() instanceof Command.TakeBackup(BackupId backup)) {
            return backup;
        }
        throw new IllegalStateException("operation " + operation.id() + " is no backup: " + operation.command());
    }

    @Override
    protected Resource resource(DatabaseId database) {
        return Resource.base(database);
    }

    @Override
    protected CommittedBackup take(Attempt attempt, DatabaseRegistration registration, Optional<BackupId> previous) {
        return backups.run(attempt, backup(attempt.operation()), registration, previous);
    }

    @Override
    protected Result ended(CommittedBackup backup) {
        return new Result.Copied(BackedUp.of(backup.lineage(), backup.summary(), backup.digest()));
    }
}
