package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.backup.RestoredCopy;
import io.walkback.backup.Store;
import io.walkback.domain.Lsn;
import io.walkback.domain.database.WalDurability;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.KafkaCluster;
import io.walkback.embedded.Parts;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.tail.TailLog;
import io.walkback.tail.WalTails;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The promise of `kafka-tail` as production has it: three brokers, two receivers, and one of everything dies while
/// somebody commits without a pause. On demand, docs/wal-streaming.md has the command.
@Tag("on-demand")
class ThreeBrokersIT {
    /// Longer than the test: only the brokers have what was committed.
    private static final Duration PIECE_EVERY = Duration.ofMinutes(10);

    private final Path directory;

    ThreeBrokersIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test // P6: RPO 0 against the loss of the host and of one broker of three
    void everyAcknowledgedCommitIsThereWhenABrokerAReceiverAndTheServerWithItsDiskAreGone() throws Exception {
        try (KafkaCluster brokers = KafkaCluster.ofThree(Parts.fromSystemProperty(), directory.resolve("brokers"))) {
            brokers.start();
            WalTails tails = new WalTails(
                    new KafkaClients(new KafkaSettings(
                            brokers.bootstrapServers(),
                            "http://127.0.0.1:9",
                            directory.resolve("state"),
                            false,
                            Map.of())),
                    false);
            try (Receiving receiving =
                    new Receiving(directory, new Store(directory.resolve("repository")), tails, PIECE_EVERY)) {
                AtomicLong acknowledged = new AtomicLong();
                Lsn lost = loseEverything(brokers, tails, receiving, acknowledged);
                // Somebody takes over, and no server answers
                await().atMost(Cluster.PATIENCE)
                        .until(() -> !KafkaTailIT.reach(receiving, lost).isBefore(lost));
                RestoredCopy copy = RestoredCopy.of(receiving.store.lineage(), Receiving.BACKUP, directory);
                KafkaTailIT.writeUnfinished(receiving, copy.wal);
                copy.recoverToTheEnd();
                try (Cluster restored =
                        Cluster.on(15, copy.data, config -> config.withSetting("archive_mode", "off"))) {
                    restored.server.start();
                    assertThat(restored.query("SELECT count(*) FROM w WHERE id <= " + acknowledged.get()))
                            .isEqualTo(Long.toString(acknowledged.get()));
                }
            }
        }
    }

    /// Commits go on beside a broker that was killed, the one that leads the tail, and then beside a receiver that
    /// is gone; at the end the server is killed and its disk wiped. Returns where the tail ends by then.
    private Lsn loseEverything(KafkaCluster brokers, WalTails tails, Receiving receiving, AtomicLong acknowledged)
            throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config)
                .policy(policy -> policy.durable(WalDurability.KAFKA_TAIL))) {
            cluster.execute("CREATE TABLE w (id bigint PRIMARY KEY, t text)", "GRANT pg_monitor TO walkback");
            Receiving.Reception first =
                    receiving.receive(cluster.registration()).begun(cluster);
            var _ = receiving.backUp(cluster.registration());
            receiving.accompany(cluster.registration(), tails);
            KafkaTailIT.waitForBrokers(cluster, "walkback_b");
            CompletableFuture<Void> client =
                    CompletableFuture.runAsync(() -> commitUntilItFails(cluster, acknowledged));
            awaitMore(acknowledged, 300);
            leader(brokers).kill();
            awaitMore(acknowledged, 300);
            first.stop();
            awaitMore(acknowledged, 300);
            cluster.server.kill();
            client.get(60, TimeUnit.SECONDS);
            Lsn end = end(tails);
            assertThat(KafkaTailIT.reach(receiving, end))
                    .as("so only the tail has the last commits")
                    .isLessThan(end);
            receiving.receive(cluster.registration());
            return end;
        }
    }

    private static Lsn end(WalTails tails) {
        List<Lsn> ends = new ArrayList<>();
        try (TailLog log = tails.find(Cluster.SHOP).orElseThrow()) {
            log.read(log.span(), record -> ends.add(record.piece().to()));
        }
        return Collections.max(ends);
    }

    private static void awaitMore(AtomicLong acknowledged, int commits) {
        long goal = acknowledged.get() + commits;
        await().atMost(Cluster.PATIENCE).until(() -> acknowledged.get() >= goal);
    }

    /// One row after the other, as fast as the server says that each is safe.
    private static void commitUntilItFails(Cluster cluster, AtomicLong acknowledged) {
        try (Connection connection = cluster.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO w SELECT ?, md5(?::text)")) {
            while (true) {
                long id = acknowledged.get() + 1;
                insert.setLong(1, id);
                insert.setLong(2, id);
                insert.executeUpdate();
                acknowledged.set(id);
            }
        } catch (SQLException killed) {
            // Broken off, or ended by a backend that saw its postmaster die; either way not acknowledged.
            assertThat(killed.getSQLState()).as(killed.getMessage()).matches("08.*|57P01");
        }
    }

    private static KafkaBroker leader(KafkaCluster brokers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers()))) {
            String topic = "wal-tail." + Cluster.SHOP;
            TopicDescription tail = admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .values()
                    .iterator()
                    .next()
                    .get(30, TimeUnit.SECONDS);
            int port = tail.partitions().getFirst().leader().port();
            return brokers.brokers().stream()
                    .filter(broker -> broker.port() == port)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
