package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.domain.plan.PreflightCheck;
import io.walkback.restore.preview.Rates;
import io.walkback.testkit.JudgedByPostgresTools;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every way to name the end of a recovery, from both sides, on one cluster with two backups. Each row of `t` was
/// committed by a transaction of its own, so the highest one says where recovery ended.
@JudgedByPostgresTools("psql")
class RestoreTargetsIT {
    private static final RestoreProgress SILENT = (_, _, _, _) -> {};

    private static SourceCluster source;
    private static String early;
    private static String xid;
    private static String committed;
    private static Instant time;
    private static Lsn position;

    @BeforeAll
    static void prepare() throws Exception {
        source = new SourceCluster(15);
        source.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        source.backup("b1");
        early = source.query("WITH i AS (INSERT INTO t VALUES (2) RETURNING 1) SELECT pg_current_xact_id() FROM i");
        source.sql("SELECT pg_create_restore_point('twice')", "INSERT INTO t VALUES (3)");
        source.backup("b2");
        source.sql("INSERT INTO t VALUES (4)");
        position = source.position();
        xid = source.query("WITH i AS (INSERT INTO t VALUES (5) RETURNING 1) SELECT pg_current_xact_id() FROM i");
        source.sql("INSERT INTO t VALUES (6)", "SELECT pg_create_restore_point('twice')");
        time = source.now();
        source.sql("INSERT INTO t VALUES (7)", "SELECT pg_create_restore_point('only once')");
        source.sql("INSERT INTO t VALUES (8)");
        committed = source.query("SELECT max(n) FROM t");
        source.archive();
    }

    @AfterAll
    static void end() throws Exception {
        source.close();
    }

    private static RecoveryTarget target(String kind) {
        return switch (kind) {
            case "xid" -> new RecoveryTarget.Transaction(xid);
            case "early xid" -> new RecoveryTarget.Transaction(early);
            case "lsn" -> new RecoveryTarget.Position(position);
            case "time" -> new RecoveryTarget.Time(time);
            case "latest" -> new RecoveryTarget.Latest();
            case "immediate" -> new RecoveryTarget.Immediate();
            default -> new RecoveryTarget.RestorePoint(kind);
        };
    }

    private static Command.Restore command(Path directory, RecoveryTarget target, boolean exclusive) {
        return new Command.Restore(
                null,
                target,
                null,
                "here",
                directory.toString(),
                Map.of(),
                true,
                false,
                exclusive,
                false,
                null,
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource({
        "xid, false, b2, 5, 3",
        "xid, true, b2, 4, 4",
        "early xid, false, b1, 2, 6",
        "early xid, true, b1, 1, 7",
        "lsn, false, b2, 4, 4",
        "lsn, true, b2, 4, 4",
        "time, false, b2, 6, 2",
        "time, true, b2, 6, 2",
        "only once, false, b2, 7, 1",
        "twice, false, b2, 6, 2",
        "immediate, false, b2, 3, 5",
        "latest, false, b2, 8, 0"
    })
    void endsJustBeforeOrJustAfterWhatIsNamedAndSaysBeforehandWhatVanishes(
            String kind, boolean exclusive, String backup, String rows, long vanish) throws Exception {
        Path directory = source.path(kind.replace(' ', '-') + "-" + exclusive);
        Command.Restore command = command(directory, target(kind), exclusive);
        // When it is planned
        PlannedRestore plan = source.engine().preview(SourceCluster.DATABASE, command, Rates.ASSUMED);
        // Then the base is the newest that ended before it, and nothing is there yet
        assertThat(plan.backup()).isEqualTo(backup);
        assertThat(plan.vanishing().commits()).as(plan.vanishing().text()).isEqualTo(vanish);
        assertThat(plan.newTimeline()).isEqualTo(2);
        assertThat(plan.refusal()).isNull();
        assertThat(directory).doesNotExist();
        // When
        Facts.Restored facts = source.engine().restore("op", SourceCluster.DATABASE, command, SILENT);
        // Then
        assertThat(RestoredCopy.query(String.valueOf(facts.socket()), "SELECT max(n) FROM t"))
                .isEqualTo(rows);
        assertThat(facts.timeline().value()).isEqualTo(2);
        assertThat(facts.backup().value()).isEqualTo(backup);
        RestoredCopy.stop(directory);
    }

    @Test
    void p12RefusesWhatIsNowhereInTheWalBeforeAnythingIsCopied() {
        Path directory = source.path("nowhere");
        for (RecoveryTarget target : new RecoveryTarget[] {
            new RecoveryTarget.Transaction("4000000000"), new RecoveryTarget.RestorePoint("never made")
        }) {
            PlatformException refusal = catchThrowableOfType(PlatformException.class, () -> source.engine()
                    .restore("op", SourceCluster.DATABASE, command(directory, target, false), SILENT));
            assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
            assertThat(refusal).hasMessageContaining("is not in the wal from").hasMessageContaining("backup b2");
            assertThat(directory).doesNotExist();
        }
    }

    @Test // F55
    void f55ShowsTheRunningServerItsClientsAndWhatItHasThatTheRepositoryDoesNot() throws Exception {
        // Given a restore into the directory of the live source itself
        Path live = source.server.dataDirectory().toRealPath();
        source.sql("SELECT pg_switch_wal()", "CHECKPOINT", "CHECKPOINT");
        // When
        PlannedRestore plan = source.engine()
                .preview(SourceCluster.DATABASE, command(live, new RecoveryTarget.Latest(), false), Rates.ASSUMED);
        // Then
        PreflightCheck refusal = Objects.requireNonNull(plan.refusal());
        assertThat(refusal.value()).contains("running PostgreSQL server");
        assertThat(plan.connections()).isZero();
        assertThat(plan.vanishing().text())
                .contains("the cluster that is there wrote wal up to", "that directory only");
        assertThat(Objects.requireNonNull(plan.present()).major()).isEqualTo(15);
        try (var _ = source.connect()) {
            assertThat(source.engine()
                            .preview(
                                    SourceCluster.DATABASE,
                                    command(live, new RecoveryTarget.Latest(), false),
                                    Rates.ASSUMED)
                            .connections())
                    .isEqualTo(1);
        }
        assertThat(source.query("SELECT max(n) FROM t")).isEqualTo(committed);
    }
}
