package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.WorkerId;
import io.walkback.embedded.ChildProcess;
import io.walkback.repository.verify.VerificationReport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F06: a worker is frozen in mid-backup for longer than its lease and wakes up when another has taken over.
class F06ZombieFaultIT {
    @TempDir
    Path directory;

    @Test // P2, P8
    void aFrozenWorkerIsSucceededAndItsAwakeningChangesNothing() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config).policy(F06ZombieFaultIT::slow);
                WorkerProcesses processes = new WorkerProcesses(directory)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 200000) g");
            processes.register(cluster.registration());
            ChildProcess zombie = processes.startWorker("zombie", "");
            processes.openBackup("f06");
            OperationState.Claimed first = processes.awaitState("f06", OperationState.Claimed.class);
            await().atMost(WorkerProcesses.PATIENCE)
                    .until(() -> cluster.query("SELECT count(*) FROM pg_stat_progress_basebackup"
                                    + " WHERE phase = 'streaming database files'")
                            .equals("1"));
            // When
            zombie.pause();
            processes.register(cluster.policy(_ -> BackupPolicy.DEFAULT).registration());
            processes.startWorker("successor", "");
            processes.open("wal@shop", new Command.ReceiveWal());
            OperationState.Completed completed = processes.awaitState("f06", OperationState.Completed.class);
            zombie.resume();
            // Then
            await().atMost(WorkerProcesses.PATIENCE)
                    .until(() -> cluster.query("SELECT count(*) FROM pg_stat_progress_basebackup")
                            .equals("0"));
            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> processes.state("f06").equals(completed));
            assertThat(zombie.isAlive()).as("it goes on with other work").isTrue();
            assertThat(processes.attempts("f06")).isEqualTo(2);
            WorkerId taken = processes.log().stream()
                    .filter(OperationRecord.AttemptLost.class::isInstance)
                    .map(record -> ((OperationRecord.AttemptLost) record).judge())
                    .findFirst()
                    .orElseThrow();
            assertThat(taken).isNotEqualTo(first.worker());
            try (Store store = new Store(directory.resolve("repository"))) {
                BackupId backup = new BackupId("f06");
                assertThat(store.lineage().backups()).containsExactly(backup);
                assertThat(store.lineage().openBackup(backup).digest().toString())
                        .isEqualTo(((Facts.BackedUp) completed.facts()).manifestDigest());
                assertThat(store.lineage()
                                .verifier()
                                .verify(backup, VerificationReport.Depth.FULL)
                                .findings())
                        .isEmpty();
            }
        }
    }

    private static BackupPolicy slow(BackupPolicy policy) {
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
}
