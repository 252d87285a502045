package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.KillPoint;
import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.embedded.ChildProcess;
import io.walkback.restore.SourceCluster;
import io.walkback.restore.proof.SignedReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A rehearsal from the log to its facts, by workers that are processes of their own.
class DrillIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test // P2, P7, P9
    void anotherWorkerRehearsesWhatAKilledOneBegan() throws Exception {
        try (SourceCluster source = new SourceCluster(15);
                Platform platform = new Platform(directory)) {
            // Given
            source.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 2000) g");
            source.backup("b1");
            source.sql("INSERT INTO t VALUES (2001)");
            source.archive();
            platform.open(SourceCluster.DATABASE, "drill-1", command("SELECT count(*) = 2001 FROM t"));
            // When one dies while it recovers
            ChildProcess victim = platform.startWorker("db7", source, KillPoint.RESTORE_RECOVERING);
            assertThat(victim.awaitExit(PATIENCE)).isTrue();
            Path scratch = directory.resolve("worker-0/state/scratch");
            assertThat(sandboxes(scratch)).isEqualTo(1);
            platform.startWorker("db8", source, "");
            // Then
            Operation ended = awaitEnd(platform, "drill-1");
            Facts.Rehearsed facts = (Facts.Rehearsed) ((OperationState.Completed) ended.state()).facts();
            assertThat(facts.verdict()).as(facts.reason()).isEqualTo(Verdict.PROVEN);
            assertThat(facts.backup()).isEqualTo(new BackupId("b1"));
            assertThat(facts.host()).isEqualTo("db8");
            assertThat(ended.attempts()).isEqualTo(2);
            assertThat(sandboxes(directory.resolve("worker-1/state/scratch"))).isZero();
            SignedReport report = SignedReport.parse(
                    Files.readString(directory.resolve("worker-1/state/drill-reports/drill-1.report")));
            assertThat(report.isGenuine()).isTrue();
            assertThat(report.digest()).isEqualTo(facts.reportDigest());
            // and a verdict against the backup is a rehearsal that was carried out
            platform.open(SourceCluster.DATABASE, "drill-2", command("SELECT count(*) = 1 FROM t"));
            Operation second = awaitEnd(platform, "drill-2");
            Facts.Rehearsed failed = (Facts.Rehearsed) ((OperationState.Completed) second.state()).facts();
            assertThat(failed.verdict()).isEqualTo(Verdict.FAILED);
            assertThat(failed.object()).isEqualTo("rows");
        }
    }

    private static Command.Rehearse command(String sql) {
        return new Command.Rehearse(
                DrillChoice.NEWEST,
                null,
                new RecoveryTarget.Latest(),
                null,
                List.of(new Assertion("rows", "postgres", sql)),
                Duration.ofMinutes(2));
    }

    private static long sandboxes(Path scratch) throws IOException {
        try (Stream<Path> entries = Files.list(scratch)) {
            return entries.count();
        }
    }

    private static Operation awaitEnd(Platform platform, String id) {
        return await().atMost(PATIENCE)
                .until(() -> platform.find(id), found -> found.filter(
                                operation -> operation.state().isTerminal())
                        .isPresent())
                .orElseThrow();
    }
}
