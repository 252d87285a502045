package io.walkback.postgres.setup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.postgres.Cluster;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.heartbeat.HeartbeatTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// `wal setup` on a real server that has nothing of what is needed: made fit, restarted, made fit again, taken
/// back.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServerSetupIT {
    private static final String COMMAND = "'/opt/it''s/walkback-archive' http://w:8432/wal/shop /etc/\\t \"%p\" \"%f\"";
    private static final SetupWanted PUSHED =
            new SetupWanted("Guide \"1\"", new Secret("it's a secret"), COMMAND, false, false);
    private static final SetupWanted STREAMED = new SetupWanted("walkback", null, null, false, false);

    @TempDir
    static Path directory;

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Cluster.start(15, directory, config -> config.withSetting("wal_level", "minimal")
                .withSetting("max_wal_senders", "0")
                .withSetting("max_replication_slots", "0"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private interface Work<T> {
        T on(ServerSetup setup);
    }

    private static <T> T as(PostgresTarget admin, Work<T> work) throws Exception {
        try (Connection connection = Cluster.CONNECTOR.connect(admin, "test", Cluster.PATIENCE)) {
            return work.on(new ServerSetup(connection, admin.address()));
        }
    }

    private static <T> T as(Work<T> work) throws Exception {
        return as(cluster.superuser(), work);
    }

    private static void apply(List<SetupStep> steps) throws Exception {
        boolean done = as(setup -> {
            setup.apply(steps);
            return true;
        });
        assertThat(done).isTrue();
    }

    private static List<SetupStep> missing(SetupWanted wanted) throws Exception {
        return as(setup -> setup.missing(wanted));
    }

    private static List<String> awaitingRestart(SetupWanted wanted) throws Exception {
        return as(setup -> setup.awaitingRestart(wanted));
    }

    private static List<SetupStep> undo(List<SetupStep> steps) throws Exception {
        return as(setup -> setup.undo(steps));
    }

    private static String setting(String name) {
        return cluster.query("SELECT setting FROM pg_settings WHERE name = '" + name + "'");
    }

    private static void restart() {
        cluster.server.stop();
        cluster.server.start();
    }

    @Test
    @Order(1)
    void aSecondRunChangesNothingAndARestartIsNamedUntilItHappens() throws Exception {
        // Given
        List<SetupStep> missing = as(setup -> setup.missing(PUSHED));
        assertThat(missing)
                .extracting(SetupStep::sql)
                .contains(
                        "ALTER SYSTEM SET \"wal_level\" = 'replica'",
                        "CREATE ROLE \"Guide \"\"1\"\"\" LOGIN REPLICATION")
                .noneMatch(sql -> sql.contains("secret"));
        // When
        apply(missing);
        // Then
        assertThat(missing(PUSHED)).isEmpty();
        assertThat(awaitingRestart(PUSHED)).containsExactlyInAnyOrder("wal_level", "max_wal_senders", "archive_mode");
        restart();
        assertThat(awaitingRestart(PUSHED)).isEmpty();
        assertThat(missing(PUSHED)).isEmpty();
        assertThat(setting("archive_command")).isEqualTo(COMMAND);
        assertThat(setting("archive_timeout")).isEqualTo("300");
        assertThat(setting("archive_mode")).isEqualTo("on");
        PostgresTarget made = cluster.target("Guide%20%221%22", "it's a secret");
        try (Connection connection = Cluster.CONNECTOR.connect(made, "test", Cluster.PATIENCE)) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(cluster.query("SELECT rolreplication AND NOT rolsuper AND NOT rolcreaterole AND NOT rolcreatedb AND"
                        + " pg_has_role(rolname, 'pg_monitor', 'USAGE') FROM pg_roles WHERE rolname ="
                        + " 'Guide \"1\"'"))
                .isEqualTo("t");
        // When it is taken back
        assertThat(undo(missing)).isEmpty();
        restart();
        // Then
        assertThat(setting("wal_level")).isEqualTo("minimal");
        assertThat(setting("archive_mode")).isEqualTo("off");
        assertThat(setting("archive_timeout")).isEqualTo("0");
        assertThat(setting("max_wal_senders")).isEqualTo("0");
        assertThat(cluster.query("SELECT count(*) FROM pg_roles WHERE rolname = 'Guide \"1\"'"))
                .isEqualTo("0");
        assertThat(cluster.query("SELECT count(*) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'"))
                .isEqualTo("0");
        assertThat(missing(PUSHED)).isEqualTo(missing);
    }

    @Test
    @Order(2)
    void aServerForStreamingGetsALimitForItsSlotsAndItsRoleWhatItLacks() throws Exception {
        // Given
        List<SetupStep> missing = as(setup -> setup.missing(STREAMED));
        // When
        apply(missing);
        // Then
        await().atMost(Cluster.PATIENCE)
                .until(() -> setting("max_slot_wal_keep_size").equals(Integer.toString(64 * 1024)));
        assertThat(missing)
                .extracting(SetupStep::sql)
                .contains(
                        "GRANT pg_monitor TO \"walkback\"",
                        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO \"walkback\"")
                .noneMatch(sql -> sql.contains("archive") || sql.contains("CREATE ROLE"));
        assertThat(missing(STREAMED)).isEmpty();
        assertThat(awaitingRestart(STREAMED))
                .containsExactlyInAnyOrder("wal_level", "max_wal_senders", "max_replication_slots");
        // When somebody changes one of the settings, and it is taken back
        cluster.execute("ALTER SYSTEM SET max_wal_senders = 20");
        List<SetupStep> left = as(setup -> setup.undo(missing));
        // Then
        assertThat(left).singleElement().isInstanceOfSatisfying(SetupStep.Setting.class, setting -> assertThat(
                        setting.name())
                .isEqualTo("max_wal_senders"));
        assertThat(cluster.query("SELECT pg_has_role('walkback', 'pg_monitor', 'USAGE')"
                        + " OR has_function_privilege('walkback', 'pg_switch_wal()', 'EXECUTE')"))
                .isEqualTo("f");
        assertThat(cluster.query(
                        "SELECT string_agg(name, ' ') FROM pg_file_settings" + " WHERE sourcefile LIKE '%auto.conf'"))
                .isEqualTo("max_wal_senders");
        cluster.execute("ALTER SYSTEM RESET max_wal_senders");
    }

    @Test
    @Order(3)
    void anArchiveCommandOfSomebodyElseIsReplacedOnlyWhenThatIsSaidAndComesBack() throws Exception {
        // Given
        cluster.execute("ALTER SYSTEM SET archive_command = 'cp %p /elsewhere/%f'");
        assertThatThrownBy(() -> as(setup -> setup.missing(PUSHED)))
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FailureCode.POSTGRES_SETTING);
                    assertThat(fault.text()).contains("cp %p /elsewhere/%f");
                });
        // When
        List<SetupStep> steps = as(setup -> setup.missing(new SetupWanted("walkback", null, COMMAND, true, false)));
        apply(steps);
        assertThat(undo(steps)).isEmpty();
        // Then
        assertThat(cluster.query("SELECT setting FROM pg_file_settings WHERE name = 'archive_command'"))
                .isEqualTo("cp %p /elsewhere/%f");
        // And a library in its place
        cluster.execute("ALTER SYSTEM RESET archive_command", "ALTER SYSTEM SET archive_library = 'basic_archive'");
        assertThatThrownBy(() -> as(setup -> setup.missing(PUSHED))).hasMessageContaining("archive_library");
        cluster.execute("ALTER SYSTEM RESET archive_library");
    }

    @Test
    @Order(4)
    void whoIsNoSuperuserIsRefusedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> as(cluster.walkback(), setup -> setup.missing(STREAMED)))
                .isInstanceOfSatisfying(OperatorActionException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.POSTGRES_PRIVILEGE));
    }

    private interface Release<T> {
        T on(SyncRelease release) throws InterruptedException;
    }

    private static <T> T releasing(PostgresTarget admin, Duration patience, Release<T> work) throws Exception {
        try (Connection connection = Cluster.CONNECTOR.connect(admin, "test", Cluster.PATIENCE)) {
            return work.on(new SyncRelease(connection, admin.address(), patience));
        }
    }

    private static SyncRelease.Plan plan() throws Exception {
        return releasing(cluster.superuser(), Cluster.PATIENCE, SyncRelease::plan);
    }

    /// From now on a commit waits for somebody who is away, on a server that has walsenders to wait for.
    private static void waitFor(String... statements) throws Exception {
        if (setting("max_wal_senders").equals("0")) {
            cluster.execute("ALTER SYSTEM SET wal_level = 'replica'", "ALTER SYSTEM SET max_wal_senders = '4'");
            restart();
        }
        cluster.execute(statements);
        cluster.execute("SELECT pg_reload_conf()");
    }

    /// Commits again and again until it is closed: a reload reaches the processes of a server one by one, so that
    /// one commit may still slip through.
    private static final class Client implements AutoCloseable {
        private final AtomicInteger commits = new AtomicInteger();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final CompletableFuture<Void> work =
                CompletableFuture.runAsync(this::commit, Thread::startVirtualThread);

        private void commit() {
            while (!closed.get()) {
                cluster.execute("SELECT pg_logical_emit_message(true, 'test', 'a commit')");
                commits.incrementAndGet();
            }
        }

        void awaitOneMore() {
            int before = commits.get();
            await().atMost(Cluster.PATIENCE).until(() -> commits.get() > before);
        }

        @Override
        public void close() {
            closed.set(true);
            work.orTimeout(Cluster.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    private static SyncRelease.Plan awaitWaiting(int commits) {
        return await().atMost(Cluster.PATIENCE)
                .until(ServerSetupIT::plan, plan -> plan.waits().commits().size() == commits);
    }

    @Test
    @Order(5)
    void commitsThatWaitForReceiversThatAreAwayGoOnAndTheSqlThatIsPrintedPutsItBack() throws Exception {
        // Given
        String names = "ANY 1 (walkback_a, walkback_b)";
        waitFor("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
        SyncRelease.Plan plan;
        try (Client one = new Client();
                Client other = new Client()) {
            plan = awaitWaiting(2);
            assertThat(plan)
                    .returns(names, SyncRelease.Plan::before)
                    .returns("", SyncRelease.Plan::after)
                    .returns("ALTER SYSTEM RESET synchronous_standby_names", SyncRelease.Plan::statement);
            // When
            SyncRelease.Released released =
                    releasing(cluster.superuser(), Cluster.PATIENCE, release -> release.release(plan));
            // Then
            one.awaitOneMore();
            other.awaitOneMore();
            assertThat(released).isEqualTo(new SyncRelease.Released(0, 0));
        }
        assertThat(setting("synchronous_standby_names")).isEmpty();
        assertThat(plan().statement()).as("a second run changes nothing").isNull();
        // When it is put back as it says
        waitFor(requireNonNull(plan.putBack()));
        // Then
        await().atMost(Cluster.PATIENCE)
                .until(() -> setting("synchronous_standby_names").equals(names));
        waitFor("ALTER SYSTEM RESET synchronous_standby_names");
    }

    @Test
    @Order(6)
    void aValueOfTheServersOwnFileIsOverriddenAndComesBackWithAReset() throws Exception {
        // Given
        Path file = cluster.server.dataDirectory().resolve("postgresql.conf");
        String before = Files.readString(file);
        Files.writeString(file, before + "synchronous_standby_names = 'walkback_a'\n");
        waitFor();
        SyncRelease.Plan plan;
        try (Client client = new Client()) {
            plan = awaitWaiting(1);
            assertThat(plan)
                    .returns("ALTER SYSTEM SET synchronous_standby_names = ''", SyncRelease.Plan::statement)
                    .returns("ALTER SYSTEM RESET synchronous_standby_names", SyncRelease.Plan::putBack);
            // When
            var _ = releasing(cluster.superuser(), Cluster.PATIENCE, release -> release.release(plan));
            // Then
            client.awaitOneMore();
        }
        waitFor(requireNonNull(plan.putBack()));
        await().atMost(Cluster.PATIENCE)
                .until(() -> setting("synchronous_standby_names").equals("walkback_a"));
        Files.writeString(file, before);
        waitFor();
    }

    @Test
    @Order(7)
    void othersThatAreNamedStayAndWhoeverWaitsForThemIsCounted() throws Exception {
        // Given
        waitFor("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 2 (walkback_a, s1)'");
        try (Client client = new Client()) {
            SyncRelease.Plan plan = awaitWaiting(1);
            // When
            SyncRelease.Released released =
                    releasing(cluster.superuser(), Duration.ofMillis(500), release -> release.release(plan));
            // Then
            assertThat(released).isEqualTo(new SyncRelease.Released(1, 1));
            assertThat(setting("synchronous_standby_names")).isEqualTo("FIRST 1 (s1)");
            assertThat(plan.putBack())
                    .isEqualTo("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 2 (walkback_a, s1)'");
            waitFor("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await().atMost(Cluster.PATIENCE).untilAsserted(() -> assertThatThrownBy(ServerSetupIT::plan)
                    .isInstanceOf(OperatorActionException.class)
                    .hasMessageContaining("names every standby"));
            waitFor("ALTER SYSTEM RESET synchronous_standby_names");
            client.awaitOneMore();
        }
    }

    @Test
    @Order(8)
    void aRoleThatMayDoNothingElseReleasesCommits() throws Exception {
        // Given
        waitFor("ALTER SYSTEM SET synchronous_standby_names = 'walkback_a'");
        assertThatThrownBy(() -> releasing(cluster.walkback(), Cluster.PATIENCE, SyncRelease::plan))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.POSTGRES_PRIVILEGE);
                    assertThat(refused.hint()).contains("GRANT ALTER SYSTEM ON PARAMETER");
                });
        try (Client client = new Client()) {
            var _ = awaitWaiting(1);
            // A grant is a commit, and would wait as well.
            cluster.execute(
                    "SET synchronous_commit = local",
                    "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO walkback",
                    "GRANT EXECUTE ON FUNCTION pg_reload_conf() TO walkback");
            // When
            var _ = releasing(cluster.walkback(), Cluster.PATIENCE, release -> release.release(release.plan()));
            // Then
            client.awaitOneMore();
        }
        assertThat(setting("synchronous_standby_names")).isEmpty();
        cluster.execute("ALTER SYSTEM RESET synchronous_standby_names");
    }

    private static <T> T asking(PostgresTarget who, String what, Function<Connection, T> question) throws Exception {
        try (Connection connection = Cluster.CONNECTOR.connect(who, what, Cluster.PATIENCE)) {
            return question.apply(connection);
        }
    }

    private static Optional<HeartbeatTable.Beat> beat() throws Exception {
        return asking(cluster.walkback(), "test", connection -> HeartbeatTable.write(connection, "server"));
    }

    @Test
    @Order(9)
    void theRowThatRpoIsMeasuredByIsMadeWhenAskedForWrittenByItsRoleAndTakenBack() throws Exception {
        // Given
        waitFor();
        SetupWanted wanted = new SetupWanted("walkback", null, null, false, true);
        assertThat(beat()).as("nothing was made").isEmpty();
        List<SetupStep> missing = missing(wanted);
        assertThat(missing).last().isEqualTo(new SetupStep.Heartbeat("walkback"));
        // When the schema is somebody's who could have put a trigger there
        cluster.execute("CREATE SCHEMA walkback AUTHORIZATION walkback");
        assertThatThrownBy(() -> apply(missing)).hasMessageContaining("no superuser");
        assertThat(cluster.query("SELECT count(*) FROM pg_class WHERE relname = 'heartbeat'"))
                .isEqualTo("0");
        cluster.execute("DROP SCHEMA walkback");
        // When
        apply(missing);
        // Then
        assertThat(missing(wanted)).isEmpty();
        HeartbeatTable.Beat first = beat().orElseThrow();
        long before =
                Lsn.parse(cluster.query("SELECT pg_current_wal_insert_lsn()")).bytes();
        HeartbeatTable.Beat second = beat().orElseThrow();
        assertThat(second.writtenAt()).isAfter(first.writtenAt());
        assertThat(second.end()).isGreaterThan(first.end());
        assertThat(second.end().bytes() - before).as("bytes of WAL").isBetween(1L, 1_000L);
        assertThat(cluster.query("SELECT count(*) || ' ' || (max(written_at) = '" + second.writtenAt()
                        + "')::text FROM walkback.heartbeat"))
                .isEqualTo("1 true");
        assertThatThrownBy(() -> asking(cluster.walkback(), "test", connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute("DELETE FROM walkback.heartbeat");
                    } catch (SQLException refused) {
                        throw new IllegalStateException(refused);
                    }
                }))
                .hasMessageContaining("permission denied");
        // When somebody who is no superuser puts a table of his own in its place
        cluster.execute("ALTER TABLE walkback.heartbeat OWNER TO walkback");
        // Then
        assertThat(beat()).as("nobody writes into a stranger's table").isEmpty();
        cluster.execute("ALTER TABLE walkback.heartbeat OWNER TO postgres", "ALTER SCHEMA walkback OWNER TO walkback");
        assertThat(beat()).as("nor into one of a stranger's schema").isEmpty();
        cluster.execute("ALTER SCHEMA walkback OWNER TO postgres");
        // When
        assertThat(undo(missing)).isEmpty();
        // Then
        assertThat(cluster.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'walkback'"))
                .isEqualTo("0");
        assertThat(beat()).isEmpty();
    }
}
