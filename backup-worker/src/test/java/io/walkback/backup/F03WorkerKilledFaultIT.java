package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.KillPoint;
import io.walkback.domain.Lsn;
import io.walkback.domain.Secret;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.PushToken;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.WorkerId;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.postgres.setup.ArchiveWrapper;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.wal.WalArchive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F03: a worker dies by `kill -9` at each step of a backup, and the backup still completes exactly once.
class F03WorkerKilledFaultIT {
    private static final List<String> POINTS = List.of(
            KillPoint.OPERATION_CLAIMED,
            KillPoint.BACKUP_STARTED,
            KillPoint.BACKUP_MID_CHUNK,
            KillPoint.BACKUP_PACKS_STORED,
            KillPoint.BACKUP_MANIFEST_STAGED,
            KillPoint.BACKUP_MANIFEST_COMMITTED,
            KillPoint.OPERATION_ENDING_WRITTEN);

    @TempDir
    Path directory;

    @Test // P2, P8
    void aBackupCompletesOnceWhereverItsWorkerDies() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config);
                WorkerProcesses processes = new WorkerProcesses(directory)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 50000) g");
            processes.register(cluster.registration());
            ChildProcess survivor = processes.startWorker("survivor", "");
            processes.open("wal@shop", new Command.ReceiveWal());
            processes.awaitState("wal@shop", OperationState.Claimed.class);
            for (int i = 0; i < POINTS.size(); i++) {
                String id = "f03-" + i;
                // When
                survivor.pause();
                ChildProcess victim = processes.startWorker("victim-" + i, POINTS.get(i));
                processes.openBackup(id);
                assertThat(victim.awaitExit(WorkerProcesses.PATIENCE))
                        .as(POINTS.get(i))
                        .isTrue();
                assertThat(victim.exitCode()).as(POINTS.get(i)).hasValue(137);
                assertThat(processes.state(id).isTerminal()).as(POINTS.get(i)).isFalse();
                survivor.resume();
                // Then
                mustHaveCompletedOnce(
                        processes, id, processes.awaitState(id, OperationState.Completed.class), POINTS.get(i));
            }
            ChildProcess successor = aPushedSegmentIsTakenOnceMoreByTheNextWorker(cluster, processes);
            whatAKilledReceiverHadAcknowledgedIsBroughtOverWithoutTheServer(cluster, processes, survivor, successor);
        }
    }

    /// P6: clients were told that their commits are safe, and then the receiver and the server are gone.
    private void whatAKilledReceiverHadAcknowledgedIsBroughtOverWithoutTheServer(
            Cluster cluster, WorkerProcesses processes, ChildProcess survivor, ChildProcess successor)
            throws Exception {
        // Given
        processes.register(cluster.policy(_ -> BackupPolicy.DEFAULT.durable(WalDurability.KAFKA_TAIL))
                .registration());
        cluster.execute("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (walkback_a)'", "SELECT pg_reload_conf()");
        await().atMost(WorkerProcesses.PATIENCE).until(() -> cluster.query(
                        "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'walkback_a'")
                .equals("quorum"));
        for (int i = 0; i < 20; i++) {
            cluster.execute("INSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, 100) g");
        }
        Lsn acknowledged = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
        // When
        WorkerId holder =
                processes.awaitState("wal@shop", OperationState.Claimed.class).worker();
        (holder.name().equals("survivor") ? survivor : successor).kill();
        cluster.server.kill();
        // Then
        WalSegment last = WalSegment.endingAt(TimelineId.FIRST, acknowledged, 1 << 20);
        try (Store store = new Store(directory.resolve("repository"))) {
            WalArchive archive = store.lineage().wal();
            await().atMost(WorkerProcesses.PATIENCE)
                    .until(() -> archive.contains(last)
                            || archive.pieces(last).stream()
                                    .anyMatch(piece -> !piece.to().isBefore(acknowledged)));
            Lsn before = archive.ranges(TimelineId.FIRST).getLast().last().end();
            assertThat(before).isGreaterThanOrEqualTo(last.start());
        }
    }

    /// Its worker has stored it and dies before it can say so: `archive_command` fails, and is run again.
    private ChildProcess aPushedSegmentIsTakenOnceMoreByTheNextWorker(Cluster cluster, WorkerProcesses processes)
            throws Exception {
        // Given
        Secret token = PushToken.issue();
        int port = FreePorts.one();
        Map<String, String> listening = Map.of("WALKBACK_PUSH_PORT", Integer.toString(port));
        processes.register(
                cluster.policy(BackupPolicy::pushed).registration().withPushTokenHash(PushToken.hash(token)));
        Path script = Files.writeString(directory.resolve("walkback-archive"), ArchiveWrapper.script());
        Path secret = Files.writeString(directory.resolve("shop.push"), ArchiveWrapper.tokenFile(token.reveal()));
        String segment = cluster.query("SELECT pg_walfile_name(pg_switch_wal())");
        Callable<Integer> wrapper = () -> new ProcessBuilder(
                        "sh",
                        script.toString(),
                        "http://127.0.0.1:" + port + "/wal/shop",
                        secret.toString(),
                        cluster.server
                                .dataDirectory()
                                .resolve("pg_wal")
                                .resolve(segment)
                                .toString(),
                        segment)
                .inheritIO()
                .start()
                .waitFor();
        // When
        ChildProcess victim = processes.startWorker("pushed-to", KillPoint.WAL_PUSH_STORED, listening);
        await().atMost(WorkerProcesses.PATIENCE).until(() -> {
            assertThat(wrapper.call())
                    .as("never a success while nobody answered")
                    .isEqualTo(1);
            return victim.awaitExit(Duration.ofMillis(100));
        });
        assertThat(victim.exitCode()).hasValue(137);
        ChildProcess successor = processes.startWorker("successor", "", listening);
        // Then
        await().atMost(WorkerProcesses.PATIENCE).until(() -> wrapper.call() == 0);
        try (Store store = new Store(directory.resolve("repository"))) {
            assertThat(store.lineage().wal().contains(WalSegment.parse(segment, 1 << 20)))
                    .isTrue();
        }
        return successor;
    }

    private void mustHaveCompletedOnce(
            WorkerProcesses processes, String id, OperationState.Completed completed, String point) {
        Facts.BackedUp facts = (Facts.BackedUp) completed.facts();
        BackupId backup = new BackupId(id);
        try (Store store = new Store(directory.resolve("repository"))) {
            assertThat(store.lineage().backups()).containsOnlyOnce(backup);
            assertThat(store.lineage().openBackup(backup).digest().toString()).isEqualTo(facts.manifestDigest());
            assertThat(store.lineage()
                            .verifier()
                            .verify(backup, VerificationReport.Depth.FULL)
                            .findings())
                    .isEmpty();
            assertThat(store.lineage().wal().missing(facts.timeline(), facts.start(), facts.stop(), 9))
                    .isEmpty();
        }
        assertThat(processes.log().stream()
                        .filter(record -> record.operation().value().equals(id)
                                && record instanceof OperationRecord.Copied copied
                                && !copied.facts().equals(facts)))
                .as("whoever said that it is copied said the same")
                .isEmpty();
        // A backup whose ending stands in the log is over for its worker; all others need a second attempt.
        assertThat(processes.attempts(id))
                .as(point)
                .isEqualTo(point.equals(KillPoint.OPERATION_ENDING_WRITTEN) ? 1 : 2);
    }
}
