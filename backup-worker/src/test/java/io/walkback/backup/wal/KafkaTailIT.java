package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.backup.Store;
import io.walkback.backup.StoreOutage;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.WalDurability;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Parts;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.operations.TestAttempts;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.WalSink;
import io.walkback.postgres.replication.WalStream;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailLog;
import io.walkback.tail.WalTails;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// WAL that counts as durable when the brokers have it, with a real broker and a real server that waits for it.
class KafkaTailIT {
    /// Long, so that for some seconds only the brokers have what was committed.
    private static final Duration PIECE_EVERY = Duration.ofSeconds(20);

    /// Reads and keeps nothing.
    private static final WalSink NOTHING = new WalSink() {
        @Override
        public void data(Lsn start, byte[] buffer, int offset, int length) {
            // It is told to be durable by nobody.
        }

        @Override
        public void serverPosition(Lsn end) {
            // Of no interest.
        }

        @Override
        public void flushWanted() {
            // Nothing more is flushed.
        }
    };

    @TempDir
    private static Path shared = Path.of("");

    private static KafkaBroker broker = KafkaBroker.single(Parts.fromSystemProperty(), Path.of("unused"));

    private final WalTails tails = new WalTails(clients(), true);
    private final Path directory;
    private final Receiving receiving;

    KafkaTailIT(@TempDir Path directory) {
        this.directory = directory;
        this.receiving = new Receiving(directory, new Store(directory.resolve("repository")), tails, PIECE_EVERY);
    }

    private static KafkaClients clients() {
        return new KafkaClients(new KafkaSettings(
                broker.bootstrapServers(), "http://127.0.0.1:9", shared.resolve("state"), true, Map.of()));
    }

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.single(Parts.fromSystemProperty(), shared.resolve("broker"));
        broker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @AfterEach
    void close() {
        receiving.close();
        try (TailLog log = tails.find(Cluster.SHOP).orElseThrow()) {
            log.trim(log.span().end());
        }
    }

    private Cluster start() throws Exception {
        Cluster cluster = Cluster.start(15, directory, config -> config)
                .policy(policy -> policy.durable(WalDurability.KAFKA_TAIL));
        cluster.execute("CREATE TABLE w (id bigint PRIMARY KEY, t text)", "GRANT pg_monitor TO walkback");
        return cluster;
    }

    private static void waitForBrokers(Cluster cluster) {
        waitForBrokers(cluster, "walkback_a");
    }

    static void waitForBrokers(Cluster cluster, String receiver) {
        waitFor(cluster, "ANY 1 (walkback_a, walkback_b)");
        await().atMost(Cluster.PATIENCE).until(() -> cluster.query(
                        "SELECT sync_state FROM pg_stat_replication WHERE application_name = '" + receiver + "'")
                .equals("quorum"));
    }

    private static void waitFor(Cluster cluster, String standbys) {
        cluster.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standbys + "'", "SELECT pg_reload_conf()");
    }

    /// Commits rows one by one; when this returns, the client has been told that each of them is safe.
    private static void commit(Cluster cluster, int from, int to) throws SQLException {
        try (Connection connection = cluster.connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO w SELECT ?, repeat(md5(?::text), 20)")) {
            for (int id = from; id < to; id++) {
                insert.setLong(1, id);
                insert.setLong(2, id);
                insert.executeUpdate();
            }
        }
    }

    /// How far the repository has the segment that holds `position`, pieces included.
    static Lsn reach(Receiving receiving, Lsn position) {
        WalSegment segment = WalSegment.endingAt(TimelineId.FIRST, position, Receiving.SEGMENT);
        if (receiving.archive().contains(segment)) {
            return segment.end();
        }
        DurablePrefix reach = new DurablePrefix(segment.start());
        receiving.archive().pieces(segment).forEach(piece -> reach.add(piece.from(), piece.to()));
        return reach.end();
    }

    /// The last segment as a restore assembles it: its pieces, and zeros up to its size.
    static void writeUnfinished(Receiving receiving, Path folder) throws Exception {
        WalSegment next =
                receiving.archive().ranges(TimelineId.FIRST).getLast().last().next();
        byte[] bytes = new byte[Receiving.SEGMENT];
        for (WalPiece piece : receiving.archive().pieces(next)) {
            byte[] part = receiving.archive().findPiece(piece).orElseThrow().readAll();
            System.arraycopy(part, 0, bytes, (int) piece.from().minus(next.start()), part.length);
        }
        Files.write(folder.resolve(next.fileName()), bytes);
    }

    @Test // P6: RPO 0 by the brokers alone, also with a receiver that was ended in between and one that took over
    void everyCommitThatWasAcknowledgedIsThereAfterTheServerAndItsDiskAreGone() throws Exception {
        int commits = 400;
        try (Cluster cluster = start()) {
            // Given
            Receiving.Reception first =
                    receiving.receive(cluster.registration()).begun(cluster);
            var _ = receiving.backUp(cluster.registration());
            waitForBrokers(cluster);
            commit(cluster, 0, commits / 2);
            first.stop();
            receiving.receive(cluster.registration()).begun(cluster);
            // When
            commit(cluster, commits / 2, commits);
            Lsn acknowledged = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            Lsn stored = reach(receiving, acknowledged);
            cluster.server.kill();
            // Then
            assertThat(stored).as("so only the tail has the last commits").isLessThan(acknowledged);
            await().atMost(Cluster.PATIENCE)
                    .until(() -> !reach(receiving, acknowledged).isBefore(acknowledged));
        }
        RestoredCopy copy = RestoredCopy.of(receiving.store.lineage(), Receiving.BACKUP, directory);
        writeUnfinished(receiving, copy.wal);
        copy.recoverToTheEnd();
        try (Cluster restored = Cluster.on(15, copy.data, config -> config.withSetting("archive_mode", "off"))) {
            restored.server.start();
            assertThat(restored.query("SELECT count(*) FROM w WHERE t = repeat(md5(id::text), 20)"))
                    .isEqualTo(Integer.toString(commits));
        }
    }

    @Test // P6: two receivers, ANY 1
    void commitsGoOnBesideAReceiverThatIsGoneAndAreThereAfterTheServerIs() throws Exception {
        try (Cluster cluster = start()) {
            // Given
            Receiving.Reception first =
                    receiving.receive(cluster.registration()).begun(cluster);
            receiving.accompany(cluster.registration(), tails);
            waitForBrokers(cluster, "walkback_b");
            first.stop();
            // When
            commit(cluster, 0, 50);
            Lsn acknowledged = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            cluster.server.kill();
            receiving.receive(cluster.registration());
            // Then
            await().atMost(Cluster.PATIENCE)
                    .until(() -> !reach(receiving, acknowledged).isBefore(acknowledged));
        }
    }

    @Test // P6: what it tells releases commits whose WAL nobody else has yet
    void aSecondReceiverBeginsWhereTheFirstOneIsAndNotWhereTheServerIs() throws Exception {
        try (Cluster cluster = start()) {
            // Given a commit that nobody has, and a second receiver alone
            waitFor(cluster, "ANY 1 (walkback_a, walkback_b)");
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> commitOne(cluster));
            await().atMost(Cluster.PATIENCE)
                    .until(() -> cluster.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                            .equals("1"));
            Receiving.Reception second = receiving.accompany(cluster.registration(), tails);
            await().atMost(Cluster.PATIENCE)
                    .until(() -> TestAttempts.phase(second.attempt).equals("waiting for the server"));
            assertThat(commit).isNotDone();
            // When there is a first one that has not got further than before that commit
            try (ReplicationConnection behind = Cluster.access().replication(cluster.registration(), "walkback_a")) {
                Lsn told = Objects.requireNonNull(
                        behind.ensureSlot("walkback_shop").restart());
                Lsn begin = WalSegment.containing(TimelineId.FIRST, told, Receiving.SEGMENT)
                        .start();
                WalStream stream = behind.walStream("walkback_shop", begin, TimelineId.FIRST, Clock.systemUTC());
                stream.advance(told, told);
                Thread reader = Thread.ofVirtual().start(() -> assertThatThrownBy(() -> stream.run(NOTHING)));
                // Then
                commit.get(60, TimeUnit.SECONDS);
                Lsn end = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
                assertThat(tail().getFirst().from()).isEqualTo(begin);
                DurablePrefix inTail = new DurablePrefix(begin);
                tail().forEach(piece -> inTail.add(piece.from(), piece.to()));
                assertThat(inTail.end()).isGreaterThanOrEqualTo(end);
                behind.abort();
                reader.join();
            }
        }
    }

    private static void commitOne(Cluster cluster) {
        try {
            commit(cluster, 0, 1);
        } catch (SQLException fault) {
            throw new IllegalStateException(fault);
        }
    }

    @Test // a record goes only when the repository has its whole segment
    void theTailIsTrimmedToWhatTheRepositoryDoesNotHave() throws Exception {
        try (Cluster cluster = start()) {
            receiving.receive(cluster.registration()).begun(cluster);
            // When
            for (int i = 0; i < 4; i++) {
                cluster.execute("INSERT INTO w SELECT " + i + " * 10000 + g, md5(g::text)"
                        + " FROM generate_series(1, 9000) g");
            }
            cluster.execute("SELECT pg_switch_wal()");
            commit(cluster, 100_000, 100_010);
            Lsn end = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            // Then
            await().atMost(Cluster.PATIENCE).untilAsserted(() -> {
                List<WalPiece> left = tail();
                assertThat(left).isNotEmpty().allSatisfy(piece -> assertThat(
                                receiving.archive().contains(piece.segment()))
                        .isFalse());
                assertThat(left.getFirst().from())
                        .isEqualTo(WalSegment.containing(TimelineId.FIRST, end, Receiving.SEGMENT)
                                .start());
                assertThat(left.getLast().to()).isGreaterThanOrEqualTo(end);
            });
        }
    }

    private List<WalPiece> tail() {
        List<WalPiece> pieces = new ArrayList<>();
        try (TailLog log = tails.find(Cluster.SHOP).orElseThrow()) {
            log.read(log.span(), record -> pieces.add(record.piece()));
        }
        return pieces;
    }

    @Test // F08, F09: the store goes on by itself, and so do commits
    void withoutBrokersWalIsDurableWhenTheRepositoryHasItAndTheTailGoesOnWhenTheyAreBack() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (Receiving often = new Receiving(
                        elsewhere, new Store(elsewhere.resolve("repository")), tails, Duration.ofMillis(300));
                Cluster cluster = start()) {
            often.receive(cluster.registration()).begun(cluster);
            waitForBrokers(cluster);
            commit(cluster, 0, 5);
            // When
            broker.kill();
            Lsn written = withoutBroker(cluster);
            // Then
            assertThat(reach(often, written)).isGreaterThanOrEqualTo(written);
            await().atMost(Cluster.PATIENCE).until(() -> {
                commit(cluster, 10, 11);
                cluster.execute("DELETE FROM w WHERE id = 10");
                Lsn end = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
                return tail().stream().anyMatch(piece -> !piece.to().isBefore(end));
            });
        }
    }

    @Test // WAL taken while the store is away is complete afterwards, and commits go on meanwhile
    void withoutTheStoreCommitsGoOnAsLongAsTheBrokersDoAndEverythingIsStoredWhenItIsBack() throws Exception {
        StoreOutage outage = new StoreOutage();
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (Receiving often = new Receiving(
                        elsewhere, new Store(elsewhere.resolve("repository"), outage), tails, Duration.ofMillis(300));
                Cluster cluster = start()) {
            // Given
            Receiving.Reception reception =
                    often.receive(cluster.registration()).begun(cluster);
            waitForBrokers(cluster);
            commit(cluster, 0, 5);
            // When
            outage.begin();
            commit(cluster, 5, 10);
            await().atMost(Cluster.PATIENCE).until(() -> outage.refused() > 0);
            // More than the spools hold.
            for (int i = 0; i < Spools.FILES + 3; i++) {
                cluster.execute("INSERT INTO w SELECT " + (i + 1) * 10_000 + " + g, md5(g::text)"
                        + " FROM generate_series(1, 9000) g");
            }
            Lsn end = Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
            outage.end();
            // Then
            await().atMost(Cluster.PATIENCE).until(() -> !reach(often, end).isBefore(end));
            assertThat(reception.result).isNotDone();
            assertThat(often.archive().ranges(TimelineId.FIRST)).hasSize(1);
            cluster.execute("SELECT pg_switch_wal()");
            often.awaitArchived(1, end);
        }
    }

    private static Lsn withoutBroker(Cluster cluster) throws SQLException {
        try {
            commit(cluster, 5, 10);
            return Lsn.parse(cluster.query("SELECT pg_current_wal_flush_lsn()"));
        } finally {
            broker.start();
        }
    }

    @Test
    void aServerWhoseCommitsWaitUntilWalIsAppliedIsRefused() throws Exception {
        try (Cluster cluster = start()) {
            for (String names : List.of("ANY 1 (walkback_a)", "*", "FIRST 1 (\"Walkback_A\")")) {
                cluster.execute(
                        "ALTER SYSTEM SET synchronous_commit = 'remote_apply'",
                        "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'",
                        "SELECT pg_reload_conf()");
                assertThatThrownBy(() ->
                                receiving.receive(cluster.registration()).result.get(60, TimeUnit.SECONDS))
                        .as(names)
                        .cause()
                        .isInstanceOfSatisfying(OperatorActionException.class, refusal -> assertThat(refusal.code())
                                .isEqualTo(FailureCode.POSTGRES_SETTING))
                        .hasMessageContaining("remote_apply");
            }
        }
    }

    @Test
    void aTopicWithTooFewCopiesIsRefusedUnlessSomebodySaysSo() {
        WalTails careful = new WalTails(clients(), false);
        tails.ensure(Cluster.SHOP);
        assertThatThrownBy(() -> careful.ensure(Cluster.SHOP))
                .isInstanceOfSatisfying(OperatorActionException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(FailureCode.TOPIC_MISCONFIGURED))
                .hasMessageContaining("1 replicas");
    }
}
