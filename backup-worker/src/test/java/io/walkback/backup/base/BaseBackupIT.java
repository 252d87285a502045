package io.walkback.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.PageFinding;
import io.walkback.repository.verify.VerificationReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseBackupIT extends BaseBackupCase {
    private static BackupPolicy withoutWal(BackupPolicy policy) {
        return new BackupPolicy(
                policy.enabled(),
                policy.cron(),
                policy.zone(),
                policy.maxAttempts(),
                policy.spreadCheckpoint(),
                policy.maxRateKilobytes(),
                false,
                policy.retention(),
                policy.compressionLevel());
    }

    @Test // P1
    void aBackupWithoutWalIsRefusedBeforeAnythingIsReadOnceTheServerLetsUsIn() throws Exception {
        try (Cluster cluster = start(15).policy(BaseBackupIT::withoutWal)) {
            DatabaseRegistration wrong = cluster.registration("walkback", "not the password");
            // When
            assertThatThrownBy(() -> backUp(cluster.registration(), FIRST))
                    .isInstanceOfSatisfying(OperatorActionException.class, fault -> {
                        assertThat(fault.code()).isEqualTo(FailureCode.WAL_GAP);
                        assertThat(fault.hint()).contains("streamWal: true");
                    });
            assertThatThrownBy(() -> backUp(wrong, FIRST))
                    .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.POSTGRES_AUTHENTICATION));
            // Then
            assertThat(store.repository.systems(Cluster.SHOP)).isEmpty();
            assertThat(cluster.query("SELECT count(*) FROM pg_replication_slots"))
                    .isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void aBackupWithATablespaceIsWrittenBackByteForByteAsTheServersOwnManifestWantsIt(int major) throws Exception {
        try (Cluster cluster = start(major)) {
            // Given
            Path space = directory.resolve("space");
            io.walkback.embedded.ServerAccount owner =
                    io.walkback.embedded.ServerAccount.forThisProcess().orElse(null);
            Files.createDirectory(space);
            if (owner != null) {
                owner.own(space);
            }
            cluster.execute(
                    "CREATE TABLESPACE fast LOCATION '" + space + "'",
                    "CREATE TABLE orders TABLESPACE fast AS SELECT g AS id, repeat(md5(g::text), 8) AS t"
                            + " FROM generate_series(1, 40000) g",
                    "CREATE INDEX ON orders (id)",
                    "CREATE UNLOGGED TABLE scratch AS SELECT generate_series(1, 1000) AS id");
            // When
            Facts.BackedUp facts = backUp(cluster.registration(), FIRST);
            // Then
            assertThat(facts.backup()).isEqualTo(FIRST);
            assertThat(facts.serverVersion() / 10_000).isEqualTo(major);
            assertThat(facts.walSegmentSize()).isEqualTo(1 << 20);
            assertThat(facts.stop()).isGreaterThan(facts.start());
            assertThat(facts.pageChecksumErrors()).isZero();
            assertThat(facts.storedBytes()).isLessThan(facts.sizeBytes());
            BackupSummary summary = store.lineage().findBackup(FIRST).orElseThrow();
            assertThat(summary.facts().environment().extensions()).containsKey("plpgsql");
            assertThat(summary.facts().controlFiles().backupLabel()).isPresent();
            assertThat(cluster.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'walkback_shop'"
                            + " AND restart_lsn <= '" + facts.start() + "'"))
                    .as("the slot was made before the backup began (pitfall 16)")
                    .isEqualTo("1");
            assertThat(store.lineage()
                            .verifier()
                            .verify(FIRST, VerificationReport.Depth.FULL)
                            .findings())
                    .isEmpty();
            RestoredCopy copy = RestoredCopy.of(store.lineage(), FIRST, directory);
            assertThat(copy.data.resolve("pg_tblspc")).isDirectory();
            if (major == 15) {
                copy.mustPassPgVerifybackup();
            }
        }
    }

    @Test
    void aSecondBackupOfAnUnchangedDatabaseStoresAlmostNothing() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 300000) g");
            Facts.BackedUp first = backUp(cluster.registration(), FIRST);
            // When
            Facts.BackedUp second = backUp(cluster.registration(), SECOND, FIRST);
            // Then
            assertThat(second.sizeBytes()).isBetween(first.sizeBytes() / 2, first.sizeBytes() * 2);
            assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 5);
            BackupSummary summary = store.lineage().findBackup(SECOND).orElseThrow();
            assertThat(summary.previous().orElseThrow().id()).isEqualTo(FIRST);
            assertThat(summary.statistics().reusedExtents())
                    .isGreaterThan(summary.statistics().newExtents());
            RestoredCopy.of(store.lineage(), SECOND, directory).mustPassPgVerifybackup();
        }
    }

    @Test
    void aPreviousBackupThatIsDamagedCostsBytesAndNotTheBackup() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            Facts.BackedUp first = backUp(cluster.registration(), FIRST);
            Path manifest = store.directory.resolve(
                    store.lineage().lineage().manifest(FIRST).value());
            flip(manifest, Files.size(manifest) / 2);
            // When
            Facts.BackedUp second = backUp(cluster.registration(), SECOND, FIRST);
            // Then
            assertThat(second.storedBytes()).isGreaterThan(first.storedBytes() / 2);
            assertThat(store.lineage().findBackup(SECOND).orElseThrow().previous())
                    .isEmpty();
        }
    }

    @Test // P8, F03
    void aBackupThatIsCommittedIsAdoptedEvenWhenTheServerIsGone() throws Exception {
        Facts.BackedUp first;
        DatabaseRegistration registration;
        try (Cluster cluster = start(15)) {
            // Given
            registration = cluster.registration();
            first = backUp(registration, FIRST);
        }
        // When
        Facts.BackedUp again = backUp(registration, FIRST);
        // Then
        assertThat(again).isEqualTo(first);
    }

    @Test // pitfalls 27, 28
    void aDamagedPageIsAnIncidentAndTheBackupIsKept() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT generate_series(1, 20000) AS id", "CHECKPOINT");
            Path file = cluster.server.dataDirectory().resolve(cluster.query("SELECT pg_relation_filepath('t')"));
            cluster.server.stop();
            flip(file, 3 * 8192 + 4000);
            cluster.server.start();
            // When
            Facts.BackedUp seenTwice = backUp(cluster.superuser(), FIRST);
            Facts.BackedUp seenOnce = backUp(cluster.registration(), SECOND, FIRST);
            // Then
            assertThat(seenTwice.pageChecksumErrors()).isEqualTo(1);
            assertThat(seenOnce.pageChecksumErrors()).isEqualTo(1);
            assertThat(store.lineage()
                            .findBackup(FIRST)
                            .orElseThrow()
                            .facts()
                            .pageFindings()
                            .listed())
                    .singleElement()
                    .extracting(PageFinding::block)
                    .isEqualTo(3L);
            assertThat(events)
                    .extracting(event -> ((RepositoryFinding) event).severity())
                    .containsExactly(Severity.CRITICAL, Severity.ERROR);
            assertThat(events).allSatisfy(event -> assertThat(
                            ((RepositoryFinding) event).problem().code())
                    .isEqualTo(FailureCode.PAGE_CHECKSUM));
        }
    }

    @Test
    void anInterruptEndsABackupAtOnce() throws Exception {
        try (Cluster cluster = start(15).policy(BaseBackupCase::slow)) {
            // Given
            cluster.execute("CREATE TABLE t AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 200000) g");
            Attempt attempt = attempt(FIRST);
            BaseBackupHandler handler = handler(cluster.registration());
            CompletableFuture<AttemptHandler.Result> result = new CompletableFuture<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    result.complete(handler.run(attempt));
                } catch (Throwable fault) {
                    result.completeExceptionally(fault);
                }
            });
            await().atMost(Cluster.PATIENCE).until(() -> TestAttempts.bytesDone(attempt) > 1 << 20);
            // When
            long asked = System.nanoTime();
            TestAttempts.end(attempt);
            thread.interrupt();
            // Then
            assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(3));
            assertThat(store.lineage().backups()).isEmpty();
            await().atMost(Cluster.PATIENCE).until(() -> cluster.query("SELECT count(*) FROM pg_stat_replication")
                    .equals("0"));
        }
    }

    @Test
    void aClaimPinsTheNewestBackup() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            backUp(cluster.registration(), SECOND);
            backUp(cluster.registration(), FIRST);
            BaseBackupHandler handler = handler(cluster.registration());
            Attempt next = attempt(new BackupId("b3"));
            // When
            assertThat(handler.canDo(next.operation())).isFalse();
            await().atMost(Cluster.PATIENCE).until(() -> handler.canDo(next.operation()));
            // Then
            AttemptHandler.Needs needs = handler.needs(next.operation());
            assertThat(needs.resources()).containsExactly(Resource.base(Cluster.SHOP));
            assertThat(needs.pins()).as("by time, not by name (pitfall 57)").containsExactly(FIRST);
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int was = bytes.read();
            bytes.seek(offset);
            bytes.write(was ^ 0x41);
        }
    }
}
