package io.walkback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.PostgresConfig;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Four databases are due, one worker with one slot reads them one after the other; a second worker joins without
/// a restart.
///
/// The time of a backup is made by `maxRateKilobytes`, not by this machine, so that the comparison says something
/// on any.
class FleetIT {
    private static final Logger LOG = LoggerFactory.getLogger(FleetIT.class);
    private static final List<String> DATABASES = List.of("north", "east", "south", "west");
    private static final String PASSWORD = "fleet-secret";
    /// A fresh cluster has some 23 MB: about six seconds each.
    private static final int KILOBYTES_PER_SECOND = 4_000;

    private final List<PostgresServer> servers = new ArrayList<>();

    @AfterEach
    void stopServers() {
        servers.forEach(PostgresServer::close);
    }

    @Test // P8
    void sharesTheWorkWithAWorkerThatJoinsAndRunsNothingTwice(@TempDir Path directory) throws SQLException {
        try (Platform platform = new Platform(directory)) {
            // Given
            platform.startScheduler();
            platform.start("alerting-service", "alerting", Map.of());
            platform.start("restore-worker", "restore-1", Map.of());
            Map<String, ChildProcess> workers = new HashMap<>();
            workers.put("backup-1", backupWorker(platform, "backup-1"));
            Path password = platform.secret("password", PASSWORD);
            DATABASES.forEach(name -> register(platform, name, password));
            // When
            Round alone = backUpAll(platform, "alone");
            workers.put("backup-2", backupWorker(platform, "backup-2"));
            Round together = backUpAll(platform, "together");
            // Then
            LOG.atInfo().log("four backups: {} s by one worker, {} s by two", alone.seconds(), together.seconds());
            assertThat(alone.workers()).hasSize(1);
            assertThat(alone.mostAtOnce()).isEqualTo(1);
            assertThat(together.workers()).hasSize(2);
            assertThat(together.mostAtOnce()).isEqualTo(2);
            assertThat(together.seconds()).isLessThan(alone.seconds());
            assertThat(completions(platform)).hasSize(2 * DATABASES.size()).allSatisfy((id, times) -> assertThat(times)
                    .as("completions of %s", id)
                    .isEqualTo(1));
            // And
            commitsGoOnWhenTheWorkerThatReceivesIsKilled(platform, workers);
            theRepositoryAloneBringsTheCatalogBack(platform);
        }
    }

    private static ChildProcess backupWorker(Platform platform, String node) {
        return platform.start("backup-worker", node, Map.of("WALKBACK_BACKUP_SLOTS", "1"));
    }

    /// P6: two workers are two receivers of a database whose commits wait for the brokers, one of them dies
    /// without a word, and the other one is enough; then it takes over.
    private void commitsGoOnWhenTheWorkerThatReceivesIsKilled(Platform platform, Map<String, ChildProcess> workers)
            throws SQLException {
        try (Connection north =
                        DriverManager.getConnection(servers.getFirst().jdbcUrl("postgres"), "postgres", PASSWORD);
                Statement statement = north.createStatement()) {
            // Given
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (walkback_a, walkback_b)'");
            statement.execute("SELECT pg_reload_conf()");
            awaitReceivers(statement, "walkback_a walkback_b");
            // NAME/BOOT
            String holder = platform.get("/api/operations/wal-north")
                    .path("worker")
                    .asString()
                    .split("/", 2)[0];
            // When
            ChildProcess first = workers.get(holder);
            assertThat(first).as("worker '%s'", holder).isNotNull();
            Objects.requireNonNull(first).kill();
            awaitReceivers(statement, "walkback_b");
            statement.execute("CREATE TABLE committed AS SELECT 1");
            // Then
            assertThat(receivers(statement)).as("who has acknowledged it").isEqualTo("walkback_b");
            // And one worker is one receiver, the one that brings the wal into the repository
            awaitReceivers(statement, "walkback_a");
        }
    }

    private static void awaitReceivers(Statement statement, String names) {
        await().atMost(Platform.PATIENCE).until(() -> receivers(statement).equals(names));
    }

    private static String receivers(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT coalesce(string_agg(application_name, ' ' ORDER BY application_name), '')"
                        + " FROM pg_stat_replication WHERE sync_state = 'quorum' AND state = 'streaming'")) {
            row.next();
            return row.getString(1);
        }
    }

    /// P4, F20: with another broker in the place of the one that knew everything. What a repository cannot know is
    /// left out, as docs/catalog.md lists it.
    private static void theRepositoryAloneBringsTheCatalogBack(Platform platform) {
        // Given
        Map<String, Map<String, Object>> lost = catalog(platform);
        assertThat(lost).hasSize(2 * DATABASES.size());
        platform.loseKafka();
        platform.startScheduler();
        assertThat(catalog(platform)).isEmpty();
        // When
        JsonNode first = platform.post("/api/catalog/rebuild", Map.of(), 200);
        JsonNode second = platform.post("/api/catalog/rebuild", Map.of(), 200);
        // Then
        assertThat(first.path("databases")).hasSize(DATABASES.size());
        assertThat(first.path("items"))
                .hasSize(lost.size())
                .allSatisfy(row ->
                        assertThat(row.path("outcome").asString()).as("%s", row).isEqualTo("RESTORED"));
        assertThat(second.path("items"))
                .hasSize(lost.size())
                .allSatisfy(row ->
                        assertThat(row.path("outcome").asString()).as("%s", row).isEqualTo("KNOWN"));
        assertThat(catalog(platform)).isEqualTo(lost);
    }

    /// By database and id, all that a manifest knows.
    private static Map<String, Map<String, Object>> catalog(Platform platform) {
        Map<String, Map<String, Object>> backups = new HashMap<>();
        platform.get("/api/backup/list?limit=200").path("items").forEach(backup -> {
            Map<String, Object> told = new HashMap<>();
            backup.properties().forEach(field -> told.put(field.getKey(), field.getValue()));
            told.keySet()
                    .removeAll(Set.of(
                            "requestedBy",
                            "requestedAt",
                            "labels",
                            "attempts",
                            "completedAt",
                            "verifiedAt",
                            "expiresAt",
                            "stateVersion"));
            assertThat(told).containsEntry("state", backup.path("state")).containsKeys("manifestDigest", "startLsn");
            backups.put(
                    backup.path("database").asString() + "/" + backup.path("id").asString(), told);
        });
        return backups;
    }

    private void register(Platform platform, String name, Path password) {
        PostgresServer server = new PostgresServer(PostgresConfig.of(
                        PostgresPrograms.embedded(platform.parts(), 15),
                        platform.directory().resolve("pg-" + name))
                .withSetting("wal_level", "replica")
                .withSetting("max_wal_senders", "8"));
        servers.add(server);
        server.initialise(PASSWORD);
        server.start();
        platform.post(
                "/api/databases",
                Map.of(
                        "name",
                        name,
                        "host",
                        "127.0.0.1",
                        "port",
                        server.port(),
                        "user",
                        "postgres",
                        "passwordRef",
                        "file:" + password,
                        "policy",
                        Map.of(
                                "enabled",
                                false,
                                "maxRateKilobytes",
                                KILOBYTES_PER_SECOND,
                                "walDurability",
                                name.equals("north") ? "kafka-tail" : "object-store")),
                201);
    }

    /// @param workers    who held an operation
    /// @param mostAtOnce how many were held at the same time
    private record Round(double seconds, Set<String> workers, int mostAtOnce) {}

    private static Round backUpAll(Platform platform, String round) {
        long began = System.nanoTime();
        for (String name : DATABASES) {
            platform.post("/api/backup/create", Map.of("database", name, "backupId", id(name, round)), 202);
        }
        Set<String> workers = new HashSet<>();
        AtomicInteger mostAtOnce = new AtomicInteger();
        await().atMost(Platform.PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            // One answer for all of them: four questions one after the other could see a hand-over twice.
            JsonNode held =
                    platform.get("/api/operations?kind=BACKUP&state=CLAIMED").path("items");
            held.forEach(operation -> workers.add(operation.path("worker").asString()));
            mostAtOnce.accumulateAndGet(held.size(), Math::max);
            int completed = 0;
            for (String name : DATABASES) {
                JsonNode operation = platform.get("/api/operations/" + id(name, round));
                assertThat(operation.path("attempts").asInt())
                        .as("attempts of %s", operation)
                        .isLessThanOrEqualTo(1);
                assertThat(operation.path("state").asString()).isNotIn("FAILED", "CANCELLED", "REJECTED");
                completed += operation.path("state").asString().equals("COMPLETED") ? 1 : 0;
            }
            return completed == DATABASES.size();
        });
        return new Round((System.nanoTime() - began) / 1e9, workers, mostAtOnce.get());
    }

    private static String id(String name, String round) {
        return name + "-" + round;
    }

    /// How often `backup-completed` names each backup, read with nothing of ours: the id stands in the record as
    /// text.
    private static Map<String, Integer> completions(Platform platform) {
        Map<String, Integer> times = new HashMap<>();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", platform.bootstrapServers(),
                "group.id", "somebody-else",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("backup-completed"));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() < deadline && times.size() < 2 * DATABASES.size()) {
                count(consumer.poll(Duration.ofMillis(500)), times);
            }
            // One look more: a second completion of the same backup would come behind.
            count(consumer.poll(Duration.ofSeconds(2)), times);
        }
        return times;
    }

    private static void count(Iterable<ConsumerRecord<String, byte[]>> records, Map<String, Integer> times) {
        for (ConsumerRecord<String, byte[]> record : records) {
            String text = new String(record.value(), StandardCharsets.ISO_8859_1);
            for (String round : List.of("alone", "together")) {
                String id = id(record.key(), round);
                if (text.contains(id)) {
                    times.merge(id, 1, Integer::sum);
                }
            }
        }
    }
}
