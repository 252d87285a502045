package io.walkback.restore.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.Confinement;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.SourceCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Scratch clusters of one source that is configured to do all that a rehearsal must not.
class SandboxIT {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};
    private static final String HOSTILE = "a \"b\" 'c' \\ ü";

    private static SourceCluster source;
    private static Path archived;
    private static Path scratch;

    @BeforeAll
    static void makeTheSource() throws Exception {
        archived = Files.createTempDirectory(Path.of("/tmp"), "walkback-archived-");
        ServerAccount.forThisProcess().ifPresent(user -> user.own(archived));
        source = new SourceCluster(
                15,
                List.of(
                        "archive_mode=on",
                        "archive_command=cp %p " + archived + "/%f",
                        "primary_conninfo=host=127.0.0.1 port=1",
                        "shared_preload_libraries=pg_prewarm",
                        "max_prepared_transactions=5"));
        scratch = Files.createDirectory(source.path("scratch"));
        Path tablespace = Files.createDirectory(source.path("ts-source"));
        ServerAccount.forThisProcess().ifPresent(user -> user.own(tablespace));
        source.sql(
                "CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 1000) g",
                "CREATE TABLESPACE fast LOCATION '" + tablespace + "'",
                "CREATE TABLE f TABLESPACE fast AS SELECT 1 AS n",
                "CREATE DATABASE \"" + HOSTILE.replace("\"", "\"\"") + "\"",
                "ALTER DATABASE postgres SET session_preload_libraries = 'auto_explain'",
                "ALTER DATABASE postgres SET statement_timeout = '60s'",
                "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE 'an event trigger ran'; END $$",
                "CREATE EVENT TRIGGER loud ON ddl_command_start EXECUTE FUNCTION refuse()");
        source.backup("b1");
        source.sql("INSERT INTO t VALUES (1001)");
        source.archive();
    }

    @AfterAll
    static void endTheSource() throws Exception {
        source.close();
        try (Stream<Path> files = Files.list(archived)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(archived);
    }

    private static Sandbox open(Duration limit) throws InterruptedException {
        return sandboxes().open(request(limit), SILENT);
    }

    private static Sandboxes sandboxes() {
        return new Sandboxes(source.repository, Optional.of(Parts.fromSystemProperty()), new Scratch(scratch));
    }

    private static SandboxRequest request(Duration limit) {
        return new SandboxRequest("drill-1", SourceCluster.DATABASE, null, new RecoveryTarget.Latest(), null, limit);
    }

    private static String ask(Sandbox sandbox, String dbname, String sql) throws SQLException {
        try (Connection connection = sandbox.connect(dbname)) {
            return ask(connection, sql);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test // P7, F57
    void reachesNobodyWhateverTheSourceIsConfiguredToDo() throws Exception {
        // Given
        long before = count(archived);
        // When
        try (Sandbox sandbox = open(Duration.ofMinutes(2))) {
            // Then
            assertThat(ask(sandbox, "postgres", "SELECT count(*) FROM public.t"))
                    .isEqualTo("1001");
            assertThat(ask(
                            sandbox,
                            "postgres",
                            "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name"
                                + " IN ('archive_mode', 'archive_command', 'primary_conninfo', 'restore_command',"
                                + " 'max_wal_senders', 'listen_addresses', 'ssl', 'max_logical_replication_workers',"
                                + " 'shared_preload_libraries', 'session_preload_libraries', 'statement_timeout',"
                                + " 'jit')"))
                    .isEqualTo("archive_command=(disabled) archive_mode=off jit=off listen_addresses="
                            + " max_logical_replication_workers=0 max_wal_senders=0 primary_conninfo="
                            + " restore_command= session_preload_libraries= shared_preload_libraries= ssl=off"
                            + " statement_timeout=0");
            assertThat(ask(
                            sandbox,
                            "postgres",
                            "SELECT count(*) FROM pg_stat_activity WHERE backend_type ~"
                                    + " 'autoprewarm|logical|walsender|archiver'"))
                    .isEqualTo("0");
            // and a finished segment goes nowhere
            assertThat(ask(sandbox, "postgres", "SELECT pg_switch_wal() IS NOT NULL"))
                    .isEqualTo("t");
            assertThat(ask(sandbox, "postgres", "SELECT pg_switch_wal() IS NOT NULL"))
                    .isEqualTo("t");
            assertThat(count(archived)).isEqualTo(before);
            // and its event triggers run for nobody
            try (Connection connection = sandbox.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE public.ours ()");
            }
            assertIsolated(sandbox);
        }
    }

    private static void assertIsolated(Sandbox sandbox) throws SQLException {
        assertThat(sandbox.isolation())
                .isEqualTo(Confinement.ofNetwork() ? Isolation.NETWORK_NAMESPACE : Isolation.SETTINGS_ONLY);
        if (Confinement.ofNetwork()) {
            // Only loopback is there, and it is down.
            try (Connection connection = sandbox.connect("postgres");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMP TABLE devices (line text)");
                statement.execute("COPY devices FROM PROGRAM 'tail -n +3 /proc/net/dev'");
                assertThat(ask(connection, "SELECT string_agg(line, '') FROM devices"))
                        .containsPattern("^ *lo: *0 +0 ")
                        .doesNotContain("eth");
            }
        }
    }

    @Test // P7, pitfall 48
    void keepsTablespacesAndSocketInsideItsFolderAndLeavesNothingBehind() throws Exception {
        // When
        try (Sandbox sandbox = open(Duration.ofMinutes(2))) {
            // Then
            Path folder = scratch.toRealPath();
            assertThat(ask(
                            sandbox,
                            "postgres",
                            "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'fast'"))
                    .startsWith(folder.toString());
            assertThat(ask(sandbox, "postgres", "SELECT n FROM public.f")).isEqualTo("1");
            assertThat(sandbox.address().folder()).startsWith(folder);
            assertThat(Files.getPosixFilePermissions(sandbox.address().folder()))
                    .hasSize(3);
            assertThat(sandbox.dbnames()).containsExactly(HOSTILE, "postgres", "template0", "template1");
            assertThat(ask(sandbox, HOSTILE, "SELECT current_database()")).isEqualTo(HOSTILE);
            assertThat(sandbox.phases())
                    .containsOnlyKeys("provision", "fetch", "verify", "replay", "promote", "first_query");
            assertThat(sandbox.reached().timeline().value()).isEqualTo(2);
            // While it is in use nobody sweeps it away
            assertThat(new Scratch(scratch).sweep()).isZero();
            assertThat(count(scratch)).isEqualTo(1);
        }
        assertThat(count(scratch)).isZero();
    }

    @Test // P9
    void endsWithItsTimeAndLeavesNothingBehind() throws Exception {
        // Given
        assertThatThrownBy(() -> open(Duration.ofMillis(300)))
                .isInstanceOfSatisfying(OperatorActionException.class, late -> assertThat(late.code())
                        .isEqualTo(FailureCode.WAIT_EXPIRED));
        assertThat(count(scratch)).isZero();
        assertThat(Thread.interrupted()).isFalse();
        // When it is in use as its time ends
        try (Sandbox sandbox = open(Duration.ofSeconds(15));
                Connection connection = sandbox.connect("postgres")) {
            assertThatThrownBy(() -> ask(connection, "SELECT pg_sleep(60)")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> sandbox.requireTime(new InterruptedException("broken off")))
                    .isInstanceOf(OperatorActionException.class);
        }
        // Then
        assertThat(count(scratch)).isZero();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void leavesNothingBehindWhenItIsInterrupted() throws Exception {
        // Given
        CountDownLatch recovering = new CountDownLatch(1);
        CompletableFuture<Sandbox> opened = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                opened.complete(sandboxes().open(request(Duration.ofMinutes(2)), (phase, _, _, _) -> {
                    if (phase.equals("syncing")) {
                        recovering.countDown();
                    }
                }));
            } catch (InterruptedException | RuntimeException failure) {
                opened.completeExceptionally(failure);
            }
        });
        assertThat(recovering.await(60, TimeUnit.SECONDS)).isTrue();
        // When
        thread.interrupt();
        // Then
        assertThat(opened).failsWithin(Duration.ofSeconds(60)).withThrowableOfType(ExecutionException.class);
        assertThat(count(scratch)).isZero();
    }

    @Test
    void removesWhatAKilledProcessLeftAndNothingElse() throws Exception {
        // Given a sandbox nobody holds, its server still running, and something of somebody else's
        ScratchFolder folder = new Scratch(scratch).create(ServerAccount.forThisProcess());
        Path left = folder.path();
        Path other = Files.createDirectory(scratch.resolve("somebody's"));
        PostgresServer server = new PostgresServer(PostgresConfig.of(SourceCluster.programs(15), left.resolve("data")));
        server.initialise("secret");
        server.start();
        Path outside = Files.writeString(source.path("outside"), "kept");
        Files.createSymbolicLink(left.resolve("link"), outside);
        folder.release();
        try {
            // When
            int removed = new Scratch(scratch).sweep();
            // Then
            assertThat(removed).isEqualTo(1);
            await().atMost(Duration.ofSeconds(10)).until(() -> !server.isAlive());
            assertThat(left).doesNotExist();
            assertThat(other).exists();
            assertThat(outside).hasContent("kept");
        } finally {
            server.kill();
            Files.delete(other);
            Files.delete(outside);
        }
    }

    private static long count(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
