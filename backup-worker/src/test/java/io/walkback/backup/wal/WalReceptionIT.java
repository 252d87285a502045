package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.operation.Facts;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.wal.WalArchive;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalReceptionIT {
    private static final int SEGMENT = Receiving.SEGMENT;

    @TempDir
    Path directory;

    private Receiving receiving;

    @BeforeEach
    void open() {
        receiving = new Receiving(directory);
    }

    @AfterEach
    void close() {
        receiving.close();
    }

    private Receiving.Reception receive(DatabaseRegistration registration) {
        return receiving.receive(registration);
    }

    private WalArchive archive() {
        return receiving.archive();
    }

    private Cluster start(int major) throws Exception {
        Cluster cluster = Cluster.start(major, directory, config -> config);
        cluster.execute("CREATE TABLE w (id bigint, t text)");
        return cluster;
    }

    private static Lsn flushed(Cluster cluster) {
        return Lsn.parse(cluster.query("SELECT coalesce(max(flush_lsn), '0/0')::text FROM pg_stat_replication"
                + " WHERE application_name = 'walkback_wal'"));
    }

    @ParameterizedTest // P6, pitfalls 1, 19
    @ValueSource(ints = {15, 18})
    void segmentsAndPiecesAreArchivedAndNothingElseIsReportedAsFlushed(int major) throws Exception {
        try (Cluster cluster = start(major)) {
            // Given
            receive(cluster.registration()).begun(cluster);
            // When
            Lsn end = Receiving.fill(cluster);
            receiving.awaitArchived(1, end);
            cluster.execute("INSERT INTO w VALUES (0, 'not in a whole segment')");
            Lsn written = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            // Then
            await().atMost(Cluster.PATIENCE).until(() -> !flushed(cluster).isBefore(written));
            WalSegment unfinished = WalSegment.containing(TimelineId.FIRST, end, SEGMENT);
            assertThat(archive().pieces(unfinished).getFirst().from()).isEqualTo(end);
            assertThat(archive().pieces(unfinished).getLast().to()).isGreaterThanOrEqualTo(written);
            assertThat(archive().contains(unfinished)).isFalse();
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(1);
            // Several are stored at once, and told of in any order.
            await().atMost(Cluster.PATIENCE).until(() -> receiving.told(WalSegmentArchived.class).stream()
                    .anyMatch(event -> event.endLsn().equals(end)));
            List<WalSegmentArchived> told = receiving.events.stream()
                    .map(WalSegmentArchived.class::cast)
                    .toList();
            assertThat(told).hasSameSizeAs(told.stream().distinct().toList());
            WalSegmentArchived last = told.stream()
                    .filter(event -> event.endLsn().equals(end))
                    .findFirst()
                    .orElseThrow();
            assertThat(last.digest()).hasSize(64);
            assertThat(last.storedBytes()).isBetween(1L, (long) SEGMENT);
            assertThat(told)
                    .anySatisfy(event -> assertThat(event.lastCommitAt()).isNotNull());
            Path file = cluster.server.dataDirectory().resolve("pg_wal").resolve(last.segment());
            if (Files.exists(file)) {
                try (var stored = archive()
                        .findSegment(WalSegment.parse(last.segment(), SEGMENT))
                        .orElseThrow()
                        .open()) {
                    assertThat(stored.readAllBytes()).isEqualTo(Files.readAllBytes(file));
                }
            }
            // When
            receiving.awaitArchived(1, Receiving.fill(cluster));
            // Then
            await().atMost(Cluster.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(archive().pieces(unfinished)).isEmpty());
            assertThat(archive().contains(unfinished)).isTrue();
        }
    }

    @Test // pitfall 14
    void rpoNowIsNothingForAnIdleServerAndGrowsWhileNobodyListens() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            Receiving.Reception reception = receive(cluster.registration()).begun(cluster);
            receiving.awaitArchived(1, Receiving.fill(cluster));
            await().atMost(Cluster.PATIENCE).until(() -> gauge("walkback.wal.exposed") == 0);
            assertThat(gauge("walkback.wal.lag")).isZero();
            // The reception under test has the system's clock, since a real server's times are compared with it.
            assertThat(gauge("walkback.wal.last.archived.timestamp"))
                    .isBetween(System.currentTimeMillis() / 1e3 - 60, System.currentTimeMillis() / 1e3);
            // When
            cluster.server.kill();
            // Then
            await().atMost(Cluster.PATIENCE).until(() -> gauge("walkback.wal.exposed") > 1);
            cluster.server.start();
            receiving.awaitArchived(1, Receiving.fill(cluster));
            await().atMost(Cluster.PATIENCE).until(() -> gauge("walkback.wal.exposed") == 0);
            reception.stop();
            assertThat(receiving.meters.getMeters())
                    .as("of a reception that is over")
                    .isEmpty();
        }
    }

    private double gauge(String name) {
        return receiving
                .meters
                .get(name)
                .tag("db", Cluster.SHOP.value())
                .gauge()
                .value();
    }

    @Test // P2, pitfalls 12, 17
    void receptionGoesOnWithoutAHoleThroughRestartsOfServerAndReceiver() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            Receiving.Reception first = receive(cluster.registration()).begun(cluster);
            receiving.awaitArchived(1, Receiving.fill(cluster));
            // When
            cluster.server.stop();
            cluster.server.start();
            receiving.awaitArchived(1, Receiving.fill(cluster));
            cluster.server.kill();
            cluster.server.start();
            receiving.awaitArchived(1, Receiving.fill(cluster));
            first.stop();
            Lsn meanwhile = Receiving.fill(cluster);
            receive(cluster.registration());
            receiving.awaitArchived(1, meanwhile);
            // Then
            receiving.awaitOneRange(1);
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(1);
            assertThat(receiving.events).allSatisfy(event -> assertThat(event).isInstanceOf(WalSegmentArchived.class));
        }
    }

    @Test // P6
    void aServerThatShutsDownIsNotHeldBackByAnUnfinishedSegment() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            receive(cluster.registration()).begun(cluster);
            Lsn archived = Receiving.fill(cluster);
            receiving.awaitArchived(1, archived);
            cluster.execute("INSERT INTO w VALUES (1, 'in an unfinished segment')");
            Lsn written = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            // When
            long asked = System.nanoTime();
            cluster.server.stop();
            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));
            WalSegment unfinished = WalSegment.containing(TimelineId.FIRST, archived, SEGMENT);
            assertThat(archive().pieces(unfinished)).isNotEmpty().first().satisfies(piece -> assertThat(piece.from())
                    .isEqualTo(archived));
            assertThat(archive().pieces(unfinished).getLast().to()).isGreaterThanOrEqualTo(written);
            assertThat(archive().contains(unfinished)).isFalse();
            cluster.server.start();
            receiving.awaitArchived(1, Receiving.fill(cluster));
            receiving.awaitOneRange(1);
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(1);
        }
    }

    @Test // pitfall 14
    void anIdleDatabaseDoesNotRestartItsReceiver() throws Exception {
        try (Cluster cluster = start(15)) {
            receive(cluster.registration()).begun(cluster);
            receiving.awaitArchived(1, Receiving.fill(cluster));
            String pid = cluster.query("SELECT pid FROM pg_stat_replication");
            assertThat(pid).isNotEmpty();
            await().during(Duration.ofSeconds(6)).atMost(Duration.ofSeconds(8)).until(() -> cluster.query(
                            "SELECT pid FROM pg_stat_replication")
                    .equals(pid));
        }
    }

    @Test
    void aSuccessorEndsTheWalsenderOfItsPredecessorAndAZombieCannot() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            Receiving.Reception first = receive(cluster.registration()).begun(cluster);
            receiving.awaitArchived(1, Receiving.fill(cluster));
            String pid = cluster.query("SELECT pid FROM pg_stat_replication");
            // When
            Receiving.Reception zombie = receiving.receive(cluster.registration(), System.nanoTime() - 60_000_000_000L);
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(() -> cluster.query(
                            "SELECT pid FROM pg_stat_replication")
                    .equals(pid));
            zombie.stop();
            // The predecessor's attempt is over, and its connection is still there: it is frozen, or half open.
            TestAttempts.end(first.attempt);
            receive(cluster.registration());
            // Then
            await().atMost(Cluster.PATIENCE).until(() -> {
                String now = cluster.query("SELECT pid FROM pg_stat_replication");
                return !now.isEmpty() && !now.equals(pid);
            });
            receiving.awaitArchived(1, Receiving.fill(cluster));
            receiving.awaitOneRange(1);
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(1);
        }
    }

    @ParameterizedTest // I10
    @ValueSource(ints = {15, 18})
    void aServerStartsFromTheBackupAndItsWal(int major) throws Exception {
        try (Cluster cluster = start(major)) {
            // Given
            cluster.execute("CREATE EXTENSION amcheck", "CREATE INDEX w_id ON w (id)");
            receive(cluster.registration()).begun(cluster);
            Receiving.fill(cluster);
            Facts.BackedUp facts = receiving.backUp(cluster.registration());
            cluster.execute("INSERT INTO w VALUES (-1, 'after the backup')");
            receiving.awaitArchived(1, Receiving.fill(cluster));
            assertThat(archive().missing(facts.timeline(), facts.start(), facts.stop(), 9))
                    .isEmpty();
            String rows = Receiving.rows(cluster);
            // When
            RestoredCopy copy = RestoredCopy.of(receiving.store.lineage(), Receiving.BACKUP, directory);
            copy.recoverToTheEnd();
            // Then
            try (Cluster restored = Cluster.on(major, copy.data, config -> config)) {
                restored.server.start();
                await().atMost(Cluster.PATIENCE).until(() -> restored.query("SELECT pg_is_in_recovery()")
                        .equals("f"));
                assertThat(Receiving.rows(restored)).isEqualTo(rows);
                restored.execute("SELECT bt_index_check('w_id', true)", "SELECT * FROM verify_heapam('w')");
            }
        }
    }

    @Test // F37, pitfalls 17, 18
    void f37WalThatIsGoneIsDeclaredAndReceptionGoesOn() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config.withSetting("wal_keep_size", "0")
                .withSetting("min_wal_size", "2MB")
                .withSetting("max_wal_size", "4MB"))) {
            cluster.execute("CREATE TABLE w (id bigint, t text)");
            // Given
            Receiving.Reception first = receive(cluster.registration()).begun(cluster);
            Lsn archived = Receiving.fill(cluster);
            receiving.awaitArchived(1, archived);
            first.stop();
            await().atMost(Cluster.PATIENCE).until(() -> cluster.query("SELECT count(*) FROM pg_stat_replication")
                    .equals("0"));
            // When
            cluster.execute("SELECT pg_drop_replication_slot('walkback_shop')");
            for (int i = 0; i < 8; i++) {
                Receiving.fill(cluster);
                cluster.execute("CHECKPOINT");
            }
            receive(cluster.registration()).begun(cluster);
            Lsn end = Receiving.fill(cluster);
            receiving.awaitArchived(1, end);
            // Then
            assertThat(archive().ranges(TimelineId.FIRST)).hasSize(2);
            WalGapDetected gap = (WalGapDetected) receiving.events.stream()
                    .filter(WalGapDetected.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            assertThat(gap.toLsn()).isGreaterThan(gap.fromLsn());
            assertThat(gap.cause()).startsWith("slot lost: ");
            assertThat(archive().ranges(TimelineId.FIRST).getFirst().last().end())
                    .isEqualTo(gap.fromLsn());
            assertThat(archive().ranges(TimelineId.FIRST).getLast().first().start())
                    .isEqualTo(gap.toLsn());
        }
    }

    @Test // F35, pitfall 2
    void f35OtherContentUnderASegmentsNameEndsTheAttemptLoudly() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            Receiving.Reception first = receive(cluster.registration()).begun(cluster);
            Lsn archived = Receiving.fill(cluster);
            receiving.awaitArchived(1, archived);
            first.stop();
            WalSegment next = WalSegment.containing(TimelineId.FIRST, archived, SEGMENT);
            Receiving.Reception second = receive(cluster.registration());
            await().atMost(Cluster.PATIENCE).until(() -> cluster.query("SELECT count(*) FROM pg_stat_replication")
                    .equals("1"));
            archive().putSegment(next, new ByteArrayInputStream(new byte[SEGMENT]), Optional.empty());
            // When
            Receiving.fill(cluster);
            // Then
            assertThatThrownBy(() -> second.result.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(OperatorActionException.class, fault -> assertThat(fault.code())
                            .isEqualTo(FailureCode.WAL_CONFLICT));
            assertThat(receiving.events.stream().filter(RepositoryFinding.class::isInstance))
                    .singleElement()
                    .satisfies(event ->
                            assertThat(((RepositoryFinding) event).severity()).isEqualTo(Severity.CRITICAL));
            assertThat(Lsn.parse(cluster.query("SELECT restart_lsn FROM pg_replication_slots")))
                    .as("what was not stored was not reported (P6)")
                    .isEqualTo(archived);
        }
    }

    @Test // pitfall 14
    void theSegmentIsSwitchedForABackupThatWaitsForItsEnd() throws Exception {
        try (Cluster cluster = start(15)) {
            // Given
            receive(cluster.superuser()).begun(cluster);
            Lsn archived = Receiving.fill(cluster);
            receiving.awaitArchived(1, archived);
            cluster.execute("INSERT INTO w VALUES (1, 'the end of a backup of a standby, say')");
            Lsn stop = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            // When
            TestAttempts.put(receiving.live, TestAttempts.awaitingWal(Cluster.SHOP, "b9", archived, stop));
            // Then
            receiving.awaitArchived(1, stop);
        }
    }
}
