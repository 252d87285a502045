package io.walkback.restore.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.SourceCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// F57: the source subscribes to a publisher, archives, and names a primary. A rehearsal of it does none of that.
class F57RehearsalIsolationFaultIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RECEIVED = "connection received";

    @ParameterizedTest // P7, F57
    @ValueSource(ints = {15, 18})
    void neitherThePublisherNorTheArchiveHearsOfARehearsal(int major) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "walkback-f57-");
        Path archived = Files.createDirectory(folder.resolve("archived"));
        ServerAccount.forThisProcess().ifPresent(user -> user.own(archived));
        PostgresConfig config = PostgresConfig.of(SourceCluster.programs(major), folder.resolve("publisher"))
                .withSetting("wal_level", "logical")
                .withSetting("log_connections", "on");
        try (PostgresServer publisher = new PostgresServer(config)) {
            publisher.initialise(SourceCluster.PASSWORD);
            publisher.start();
            sql(publisher, "CREATE TABLE p (n int PRIMARY KEY)");
            sql(publisher, "INSERT INTO p VALUES (1)");
            sql(publisher, "CREATE PUBLICATION all_of_it FOR ALL TABLES");
            String conninfo = "host=127.0.0.1 port=" + publisher.port() + " user=postgres password='"
                    + SourceCluster.PASSWORD.replace("'", "\\'") + "' dbname=postgres";
            try (RehearsalSource source = new RehearsalSource(new SourceCluster(
                    major,
                    List.of(
                            "archive_mode=on",
                            "archive_command=cp %p " + archived + "/%f",
                            "primary_conninfo=host=127.0.0.1 port=" + publisher.port() + " user=postgres")))) {
                source.cluster.sql(
                        "CREATE TABLE p (n int PRIMARY KEY)",
                        "CREATE SUBSCRIPTION s CONNECTION '" + conninfo.replace("'", "''") + "' PUBLICATION all_of_it");
                await().atMost(PATIENCE)
                        .until(() ->
                                source.cluster.query("SELECT count(*) FROM p").equals("1"));
                source.cluster.backup("b1");
                source.cluster.archive();
                source.cluster.server.stop();
                await().atMost(PATIENCE).until(() -> walsenders(publisher) == 0);
                long connections = lines(publisher);
                long files = count(archived);
                // When
                Facts.Rehearsed facts = source.rehearse(
                        "b1",
                        new RecoveryTarget.Latest(),
                        new Assertion("the row of the publisher", "postgres", "SELECT count(*) = 1 FROM public.p"));
                // Then
                assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.PROVEN);
                assertThat(lines(publisher)).isEqualTo(connections);
                assertThat(count(archived)).isEqualTo(files);
                // and the source, which did nothing wrong, goes on
                source.cluster.server.start();
                await().atMost(PATIENCE).until(() -> walsenders(publisher) == 1);
                assertThat(lines(publisher)).isGreaterThan(connections);
            }
        } finally {
            delete(folder);
        }
    }

    private static void sql(PostgresServer server, String sql) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), "postgres", SourceCluster.PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Told by the publisher's own log and processes, so that asking adds no connection.
    private static long walsenders(PostgresServer publisher) {
        return ProcessHandle.of(publisher.process().pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> commandLine(process).contains("walsender"))
                .count();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException _) {
            // It has ended.
            return "";
        }
    }

    private static long lines(PostgresServer publisher) throws Exception {
        try (Stream<String> lines = Files.lines(publisher.config().log())) {
            return lines.filter(line -> line.contains(RECEIVED)).count();
        }
    }

    private static long count(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
