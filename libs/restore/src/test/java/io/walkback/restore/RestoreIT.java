package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole restores of real clusters, judged by PostgreSQL's programs.
@JudgedByPostgresTools({"psql", "pg_amcheck", "pg_checksums", "pg_verifybackup", "pg_waldump"})
class RestoreIT {
    static Command.Restore to(Path directory, RecoveryTarget target, boolean start, Map<String, String> tablespaces) {
        return new Command.Restore(null, target, null, "here", directory.toString(), tablespaces, start);
    }

    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void walksBackToEachKindOfTargetExactly(int major) throws Exception {
        try (SourceCluster source = new SourceCluster(major)) {
            // Given a history: one row in the backup, then one row each, with time and position in between
            source.sql(
                    "CREATE EXTENSION amcheck",
                    "CREATE TABLE t (n int PRIMARY KEY, filler text)",
                    "INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
            source.backup("b1");
            source.sql("INSERT INTO t VALUES (10001)");
            Instant time = source.now();
            source.sql("INSERT INTO t VALUES (10002)");
            Lsn position = source.position();
            source.sql("INSERT INTO t VALUES (10003)");
            source.sql("INSERT INTO t SELECT g, repeat('y', 500) FROM generate_series(20001, 24000) g");
            source.archive();
            // When and then
            check(source, major, "immediate", new RecoveryTarget.Immediate(), 5000);
            check(source, major, "time", new RecoveryTarget.Time(time), 5001);
            check(source, major, "position", new RecoveryTarget.Position(position), 5002);
            Facts.Restored latest = check(source, major, "latest", new RecoveryTarget.Latest(), 9003);
            assertThat(latest.reachedTime()).isAfter(time);
            assertThat(latest.timeline().value()).isEqualTo(2);
            assertThat(latest.phaseSeconds()).containsOnlyKeys("plan", "fetch", "recover", "promote");
        }
    }

    private static Facts.Restored check(SourceCluster source, int major, String name, RecoveryTarget target, int rows)
            throws Exception {
        Path directory = source.path(name);
        Facts.Restored facts = source.engine()
                .restore("op-" + name, SourceCluster.DATABASE, to(directory, target, true, Map.of()), SILENT);
        String socket = String.valueOf(facts.socket());
        assertThat(RestoredCopy.query(socket, "SELECT count(*) FROM t")).isEqualTo(Integer.toString(rows));
        assertThat(RestoredCopy.query(socket, "SELECT pg_is_in_recovery()")).isEqualTo("f");
        assertThat(RestoredCopy.query(socket, "SHOW archive_mode")).isEqualTo("off");
        assertThat(RestoredCopy.query(socket, "SHOW listen_addresses")).isEmpty();
        assertThat(RestoredCopy.query(socket, "SHOW recovery_target_timeline")).isEqualTo("latest");
        assertThat(directory.resolve("walkback.incomplete")).doesNotExist();
        assertThat(directory.resolve("recovery.signal")).doesNotExist();
        assertThat(directory.resolve("walkback.restored")).exists();
        RestoredCopy.Outcome amcheck = RestoredCopy.run(
                "pg_amcheck", "-h", socket, "-p", "5432", "-U", "postgres", "--all", "--heapallindexed");
        assertThat(amcheck.code()).as(amcheck.output()).isZero();
        RestoredCopy.stop(directory);
        if (major == 15) {
            RestoredCopy.Outcome checksums = RestoredCopy.run("pg_checksums", "--check", "-D", directory.toString());
            assertThat(checksums.code()).as(checksums.output()).isZero();
        }
        return facts;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void leavesFilesThatPgVerifybackupAccepts(int major) throws Exception {
        try (SourceCluster source = new SourceCluster(major)) {
            // Given
            source.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
            source.backup("b1");
            source.archive();
            Path directory = source.path("files");
            Command.Restore command = to(directory, new RecoveryTarget.Latest(), false, Map.of());
            // When
            Facts.Restored facts = source.engine().restore("op", SourceCluster.DATABASE, command, SILENT);
            // Then
            assertThat(facts.socket()).isNull();
            assertThat(facts.reached()).isNull();
            assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
            ServerManifest.assertMatches(directory);
            assertThat(Files.readString(directory.resolve("postgresql.auto.conf")))
                    .contains("archive_mode = 'off'");
            if (major == 15) {
                // Debian's program knows the manifests of its own major
                RestoredCopy.Outcome verified = RestoredCopy.run("pg_verifybackup", directory.toString());
                assertThat(verified.code()).as(verified.output()).isZero();
            }
            // and the copy is whole in itself: a server opens it without any archive
            try (PostgresServer server =
                    new PostgresServer(PostgresConfig.of(SourceCluster.programs(major), directory))) {
                server.start();
                try (Connection connection = DriverManager.getConnection(
                                server.jdbcUrl("postgres"), "postgres", SourceCluster.PASSWORD);
                        ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM t")) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(1000);
                }
            }
        }
    }

    @Test
    void replaysThePiecesOfAnUnfinishedSegment() throws Exception {
        try (SourceCluster source = new SourceCluster(15)) {
            // Given
            source.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
            source.backup("b1");
            source.archive();
            source.sql("INSERT INTO t VALUES (1001)");
            source.archivePiece();
            Command.Restore command = to(source.path("pieces"), new RecoveryTarget.Latest(), true, Map.of());
            RestorePlan plan = source.engine().plan(SourceCluster.DATABASE, command);
            // When
            Facts.Restored facts = source.engine().restore("op", SourceCluster.DATABASE, command, SILENT);
            // Then
            assertThat(plan.wal().tailEnd()).isNotNull();
            assertThat(RestoredCopy.query(String.valueOf(facts.socket()), "SELECT count(*) FROM t"))
                    .isEqualTo("1001");
        }
    }

    @Test
    void putsTablespacesWhereTheyAreMapped() throws Exception {
        try (SourceCluster source = new SourceCluster(18)) {
            // Given
            Path original = Files.createDirectory(source.path("ts-source"));
            ServerAccount.forThisProcess().ifPresent(user -> user.own(original));
            source.sql(
                    "CREATE TABLESPACE fast LOCATION '" + original + "'",
                    "CREATE TABLE t TABLESPACE fast AS SELECT g FROM generate_series(1, 1000) g");
            source.backup("b1");
            source.sql("INSERT INTO t VALUES (1001)");
            source.archive();
            Path mapped = source.path("ts-target");
            // When
            Facts.Restored facts = source.engine()
                    .restore(
                            "op",
                            SourceCluster.DATABASE,
                            to(
                                    source.path("copy"),
                                    new RecoveryTarget.Latest(),
                                    true,
                                    Map.of(original.toString(), mapped.toString())),
                            SILENT);
            // Then
            String socket = String.valueOf(facts.socket());
            assertThat(RestoredCopy.query(socket, "SELECT count(*) FROM t")).isEqualTo("1001");
            assertThat(RestoredCopy.query(
                            socket, "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'fast'"))
                    .isEqualTo(mapped.toString());
            assertThat(mapped.resolve("walkback.incomplete")).doesNotExist();
            // and the original is untouched
            assertThat(source.query("SELECT count(*) FROM t")).isEqualTo("1001");
        }
    }

    @Test
    void followsATimelineSwitchAndOnlyTheOneAskedFor() throws Exception {
        try (SourceCluster source = new SourceCluster(18)) {
            // Given a backup on timeline 1, and a history that went on with timeline 2
            source.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
            source.backup("b1");
            source.sql("INSERT INTO t VALUES (1001)");
            source.archive();
            source.switchTimeline();
            source.sql("INSERT INTO t VALUES (1002)");
            source.archive();
            Command.Restore younger = new Command.Restore(
                    null,
                    new RecoveryTarget.Latest(),
                    new TimelineId(2),
                    "here",
                    source.path("younger").toString(),
                    Map.of(),
                    true);
            // When
            Facts.Restored facts = source.engine().restore("op", SourceCluster.DATABASE, younger, SILENT);
            Facts.Restored own = source.engine()
                    .restore(
                            "op2",
                            SourceCluster.DATABASE,
                            to(source.path("own"), new RecoveryTarget.Latest(), true, Map.of()),
                            SILENT);
            // Then
            assertThat(RestoredCopy.query(String.valueOf(facts.socket()), "SELECT count(*) FROM t"))
                    .isEqualTo("1002");
            assertThat(facts.timeline().value()).isEqualTo(3);
            assertThat(RestoredCopy.query(String.valueOf(own.socket()), "SELECT count(*) FROM t"))
                    .isEqualTo("1001");
            assertThat(own.timeline().value()).isEqualTo(3);
            assertThat(List.of(facts.backup(), own.backup())).containsOnly(new BackupId("b1"));
        }
    }
}
