package io.walkback.postgres.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import io.walkback.postgres.Cluster;
import io.walkback.postgres.connection.PostgresTarget;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
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
            new SetupWanted("Guide \"1\"", new Secret("it's a secret"), COMMAND, false);
    private static final SetupWanted STREAMED = new SetupWanted("walkback", null, null, false);

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
        List<SetupStep> steps = as(setup -> setup.missing(new SetupWanted("walkback", null, COMMAND, true)));
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
}
