package io.walkback.backup.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.BackupId;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.backup.BackupReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A repository of its own for one test, and handlers that dump into it.
final class Dumping implements AutoCloseable {
    private final Path directory;
    final Store store;

    Dumping(Path directory) {
        this.directory = directory;
        this.store = new Store(directory.resolve("repository"));
    }

    LogicalBackupHandler handler(DatabaseRegistration registration) {
        return handler(registration, null);
    }

    LogicalBackupHandler handler(DatabaseRegistration registration, @Nullable Path programs) {
        return new LogicalBackupHandler(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(store.repository),
                Clock.systemUTC(),
                programs,
                directory.resolve("work"),
                2,
                2);
    }

    static Attempt attempt(BackupId backup, List<String> dbnames, BackupId... pins) {
        return TestAttempts.claimed(Cluster.SHOP, backup.value(), new Command.TakeDump(backup, dbnames), pins);
    }

    Facts.Dumped dump(DatabaseRegistration registration, BackupId backup, String... dbnames)
            throws InterruptedException {
        return facts(handler(registration).run(attempt(backup, List.of(dbnames))));
    }

    static Facts.Dumped facts(AttemptHandler.Result result) {
        return (Facts.Dumped) ((AttemptHandler.Result.Done) result).facts();
    }

    /// A dump under way on a thread of its own.
    record Running(CompletableFuture<AttemptHandler.Result> result, Thread thread, Attempt attempt) {}

    /// A dump that has written some, and has more to write.
    Running inTheMidst(DatabaseRegistration registration, BackupId backup, String dbname) {
        Attempt attempt = attempt(backup, List.of(dbname));
        LogicalBackupHandler handler = handler(registration);
        CompletableFuture<AttemptHandler.Result> result = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(handler.run(attempt));
            } catch (Throwable fault) {
                result.completeExceptionally(fault);
            }
        });
        await().atMost(Cluster.PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> result.isDone() || TestAttempts.bytesDone(attempt) > 4 << 20);
        assertThat(result).as("there is some of it to come").isNotDone();
        return new Running(result, thread, attempt);
    }

    static List<ProcessHandle> dumps() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("/pg_dump"))
                .toList();
    }

    void assertNothingIsThere() throws IOException {
        assertThat(store.lineage().backups()).isEmpty();
        assertThat(dumps()).isEmpty();
        try (Stream<Path> left = Files.list(Files.createDirectories(directory.resolve("work")))) {
            assertThat(left).isEmpty();
        }
    }

    /// The same server's registration at another port, with another dbname to connect to.
    static DatabaseRegistration at(DatabaseRegistration like, int port, String dbname) {
        Connection connection = like.connection();
        return new DatabaseRegistration(
                like.id(),
                new Connection(
                        connection.host(),
                        port,
                        dbname,
                        connection.user(),
                        connection.password(),
                        connection.sslMode(),
                        null),
                null,
                like.policy(),
                Map.of());
    }

    String digest(BackupId backup) {
        try (BackupReader reader = store.lineage().openBackup(backup)) {
            return reader.digest().toString();
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
