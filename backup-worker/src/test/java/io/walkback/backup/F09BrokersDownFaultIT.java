package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationState;
import io.walkback.embedded.ChildProcess;
import io.walkback.repository.wal.SegmentRange;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F09, and F12 for a worker: the broker is away, and the registry frozen, for several leases during a backup and
/// reception of WAL.
class F09BrokersDownFaultIT {
    @TempDir
    Path directory;

    @Test // P2
    void aBackupAndWalGoIntoTheStoreAndAreToldWhenTheBrokerIsBack() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config).policy(F09BrokersDownFaultIT::slow);
                WorkerProcesses processes = new WorkerProcesses(directory)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 100000) g");
            processes.register(cluster.registration());
            ChildProcess worker = processes.startWorker("worker", "");
            processes.open("wal@shop", new Command.ReceiveWal());
            processes.awaitState("wal@shop", OperationState.Claimed.class);
            processes.openBackup("f09");
            processes.awaitState("f09", OperationState.Claimed.class);
            await().atMost(WorkerProcesses.PATIENCE)
                    .until(() -> cluster.query("SELECT count(*) FROM pg_stat_progress_basebackup"
                                    + " WHERE phase = 'streaming database files'")
                            .equals("1"));
            // When
            processes.registry.process().pause();
            processes.broker.kill();
            BackupId backup = new BackupId("f09");
            try (Store store = new Store(directory.resolve("repository"))) {
                await().atMost(WorkerProcesses.PATIENCE)
                        .until(() -> store.lineage().backups().contains(backup));
                for (int i = 0; i < 5; i++) {
                    cluster.execute("INSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, 9000) g");
                    WalSegment last =
                            WalSegment.parse(cluster.query("SELECT pg_walfile_name(pg_switch_wal())"), 1 << 20);
                    await().atMost(WorkerProcesses.PATIENCE)
                            .until(() -> store.lineage().wal().contains(last));
                }
                assertThat(directory.resolve("worker/spool/shop.segment.1"))
                        .as("what WAL_ARCHIVE_DIR is for")
                        .exists();
                assertThat(directory.resolve("worker/state/wal")).doesNotExist();
                processes.broker.start();
                processes.registry.process().resume();
                // Then
                SegmentRange archived = assertThat(store.lineage().wal().ranges(TimelineId.FIRST))
                        .as("wal without a hole")
                        .singleElement()
                        .actual();
                processes.awaitTold(Stream.iterate(
                                archived.first(), segment -> segment.compareTo(archived.last()) <= 0, WalSegment::next)
                        .map(WalSegment::fileName)
                        .collect(Collectors.toSet()));
                OperationState.Completed completed = processes.awaitState("f09", OperationState.Completed.class);
                assertThat(store.lineage().openBackup(backup).digest().toString())
                        .isEqualTo(((Facts.BackedUp) completed.facts()).manifestDigest());
            }
            assertThat(processes.attempts("f09")).as("nobody took it over").isEqualTo(1);
            assertThat(worker.isAlive()).isTrue();
            worker.stop(ChildProcess.STOP_DEADLINE);
            assertThat(worker.exitCode()).as("an orderly end").hasValue(143);
        }
    }

    /// Some 12 s for a cluster of 36 MiB: four leases.
    private static BackupPolicy slow(BackupPolicy policy) {
        return new BackupPolicy(
                policy.enabled(),
                policy.cron(),
                policy.zone(),
                policy.maxAttempts(),
                false,
                3000,
                true,
                policy.retention(),
                policy.compressionLevel());
    }
}
