package io.walkback.backup.logical;

import io.walkback.backup.committed.CommittedBackup;
import io.walkback.backup.committed.OneBackup;
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
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.repository.backup.BackedUp;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Does operations of kind `BACKUP` that ask for a logical one. Thread-safe.
public final class LogicalBackupHandler extends OneBackup {
    private final LogicalBackup backups;

    /// @param programs      the folder of client programs that the settings name; null: looked for
    /// @param workDirectory for indexes of running backups; can be lost
    /// @param slots         backups that run here at once
    /// @param threads       that hash and compress, for each of them
    public LogicalBackupHandler(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            Clock clock,
            @Nullable Path programs,
            Path workDirectory,
            int slots,
            int threads) {
        super(databases, clusters.repository(), true, slots);
        InstalledPrograms installed = new InstalledPrograms(programs, System.getenv("PATH"));
        this.backups = new LogicalBackup(servers, clusters, installed, clock, workDirectory, threads);
    }

    @Override
    protected BackupId backup(Operation operation) {
        return command(operation).backup();
    }

    @Override
    protected Resource resource(DatabaseId database) {
        return Resource.dump(database);
    }

    @Override
    protected CommittedBackup take(Attempt attempt, DatabaseRegistration registration, Optional<BackupId> previous)
            throws InterruptedException {
        return backups.run(attempt, command(attempt.operation()), registration, previous);
    }

    @Override
    protected Result ended(CommittedBackup backup) {
        return new Result.Done(BackedUp.dumped(backup.lineage(), backup.summary(), backup.digest()));
    }

    private static Command.TakeDump command(Operation operation) {
        if (operation.command() instanceof Command.TakeDump dump) {
            return dump;
        }
        throw new IllegalStateException("operation " + operation.id() + " is no dump: " + operation.command());
    }
}
