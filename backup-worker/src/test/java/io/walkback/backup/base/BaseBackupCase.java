package io.walkback.backup.base;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.BackupId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Backups of real servers into a repository, by attempts that are held.
abstract class BaseBackupCase {
    static final BackupId FIRST = new BackupId("b1");
    static final BackupId SECOND = new BackupId("b2");

    @TempDir
    Path directory;

    final List<Event> events = new CopyOnWriteArrayList<>();
    Store store;

    @BeforeEach
    void openStore() {
        store = new Store(directory.resolve("repository"));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    BaseBackupHandler handler(DatabaseRegistration registration) {
        return new BaseBackupHandler(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(store.repository),
                events::add,
                Clock.systemUTC(),
                directory.resolve("work"),
                2,
                2);
    }

    static Attempt attempt(BackupId backup, BackupId... pins) {
        return TestAttempts.claimed(Cluster.SHOP, backup.value(), new Command.TakeBackup(backup), pins);
    }

    Facts.BackedUp backUp(DatabaseRegistration registration, BackupId backup, BackupId... pins)
            throws InterruptedException {
        AttemptHandler.Result result = handler(registration).run(attempt(backup, pins));
        return ((AttemptHandler.Result.Copied) result).facts();
    }

    Cluster start(int major) throws IOException {
        return Cluster.start(major, directory, config -> config);
    }

    static BackupPolicy slow(BackupPolicy policy) {
        return new BackupPolicy(
                policy.enabled(),
                policy.cron(),
                policy.zone(),
                policy.maxAttempts(),
                false,
                1024,
                true,
                policy.retention(),
                policy.compressionLevel());
    }

    static CompletableFuture<AttemptHandler.Result> running(BaseBackupHandler handler, Attempt attempt) {
        CompletableFuture<AttemptHandler.Result> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(handler.run(attempt));
            } catch (Throwable fault) {
                result.completeExceptionally(fault);
            }
        });
        return result;
    }
}
