package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.embedded.ServerAccount;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Delta restores over directories in which a real server went its own way, judged by rows and by PostgreSQL's
/// programs. One source for all tests.
@JudgedByPostgresTools({"psql", "pg_checksums", "pg_verifybackup"})
class DeltaRestoreIT {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};
    private static final String ROWS =
            "SELECT count(*), sum(n), md5(string_agg(filler, '' ORDER BY n)), (SELECT count(*) FROM elsewhere),"
                    + " (SELECT count(*) FROM given_up) FROM t";

    private static SourceCluster source;
    private static Path tablespace;
    private static String rows;

    @BeforeAll
    static void prepare() throws Exception {
        source = new SourceCluster(15);
        tablespace = Files.createDirectory(source.path("ts-source"));
        ServerAccount.forThisProcess().ifPresent(user -> user.own(tablespace));
        source.sql(
                "CREATE TABLESPACE fast LOCATION '" + tablespace + "'",
                "CREATE TABLE t AS SELECT g AS n, repeat(md5(g::text), 10) AS filler FROM generate_series(1, 20000) g",
                "CREATE TABLE elsewhere TABLESPACE fast AS SELECT g FROM generate_series(1, 1000) g",
                "CREATE TABLE given_up AS SELECT g FROM generate_series(1, 10) g");
        source.backup("b1");
        source.sql("INSERT INTO t SELECT g, 'later' FROM generate_series(20001, 20100) g");
        source.archive();
        rows = source.query("SELECT format('%s|%s|%s|%s|%s', a, b, c, d, e) FROM (" + ROWS + ") AS r (a, b, c, d, e)");
    }

    @AfterAll
    static void stop() throws Exception {
        source.close();
    }

    private static Command.Restore over(String name, boolean start) {
        return new Command.Restore(
                null,
                new RecoveryTarget.Latest(),
                null,
                "here",
                source.path(name).toString(),
                Map.of(tablespace.toString(), source.path(name + "-ts").toString()),
                start,
                true);
    }

    private static Facts.Restored restore(String name, boolean start) throws Exception {
        return source.engine().restore("op-" + UUID.randomUUID(), SourceCluster.DATABASE, over(name, start), SILENT);
    }

    /// A copy whose server went on alone for a while, and stopped.
    private static Path wentOn(String name) throws Exception {
        Path copy = source.path(name);
        String socket = String.valueOf(restore(name, true).socket());
        for (String sql : List.of(
                "UPDATE t SET filler = 'its own' WHERE n % 50 = 0",
                "DELETE FROM t WHERE n > 19000",
                "DROP TABLE given_up",
                "CREATE TABLE younger TABLESPACE fast AS SELECT g FROM generate_series(1, 5000) g",
                "TRUNCATE elsewhere",
                "CHECKPOINT")) {
            RestoredCopy.query(socket, sql);
        }
        RestoredCopy.stop(copy);
        return copy;
    }

    @Test
    void takesAServerThatWentItsOwnWayBackToTheTarget() throws Exception {
        // Given
        Path copy = wentOn("copy");
        // When
        Facts.Restored facts = restore("copy", true);
        // Then
        String socket = String.valueOf(facts.socket());
        assertThat(RestoredCopy.query(socket, ROWS)).isEqualTo(rows);
        assertThat(RestoredCopy.query(socket, "SELECT to_regclass('younger') IS NULL"))
                .isEqualTo("t");
        assertThat(facts.keptBytes()).isBetween(facts.bytes() / 2, facts.bytes() - 1);
        // When the server runs
        PlatformException running =
                Assertions.catchThrowableOfType(PlatformException.class, () -> restore("copy", true));
        // Then (F55)
        assertThat(running.code()).isEqualTo(FailureCode.TARGET_NOT_EMPTY);
        assertThat(running).hasMessageContaining("running PostgreSQL server");
        assertThat(RestoredCopy.query(socket, ROWS)).isEqualTo(rows);
        RestoredCopy.stop(copy);
        RestoredCopy.Outcome checksums = RestoredCopy.run("pg_checksums", "--check", "-D", copy.toString());
        assertThat(checksums.code()).as(checksums.output()).isZero();
        // When only the files are wanted
        restore("copy", false);
        // Then they are what the server itself listed for its backup
        RestoredCopy.Outcome verified = RestoredCopy.run("pg_verifybackup", copy.toString());
        assertThat(verified.code()).as(verified.output()).isZero();
    }

    @Test // F04
    void f04GoesOnAfterBeingKilledWhereverThatWas() throws Exception {
        Path copy = wentOn("killed");
        for (String point :
                List.of(KillPoint.RESTORE_DELTA_CLAIMED, KillPoint.RESTORE_MID_FETCH, KillPoint.RESTORE_RECOVERING)) {
            // When
            assertThat(killedAt(point, copy)).as(point).isEqualTo(137);
            // Then
            assertThat(copy.resolve("walkback.incomplete")).content().contains("delta=");
            assertThat(Files.exists(copy.resolve("global/pg_control")))
                    .as(point)
                    .isEqualTo(point.equals(KillPoint.RESTORE_RECOVERING));
        }
        // When
        String socket = String.valueOf(restore("killed", true).socket());
        // Then
        assertThat(RestoredCopy.query(socket, ROWS)).isEqualTo(rows);
        RestoredCopy.stop(copy);
    }

    private static int killedAt(String point, Path directory) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Dwalkback.kill.point=" + point,
                        "-Dwalkback.parts=" + System.getProperty("walkback.parts"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        RestoreProcess.class.getName(),
                        source.repositoryFolder().toUri().toString(),
                        directory.toString(),
                        source.keyFile().toString(),
                        tablespace.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
