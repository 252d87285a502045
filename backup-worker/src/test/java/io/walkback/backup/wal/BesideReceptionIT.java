package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.backup.Cluster;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.postgres.setup.SetupStep;
import io.walkback.postgres.setup.SyncRelease;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the worker that holds a reception sees and does on a real server beside receiving, as a role of few rights.
class BesideReceptionIT {
    private final Path directory;
    private final Receiving receiving;

    BesideReceptionIT(@TempDir Path directory) {
        this.directory = directory;
        this.receiving = new Receiving(directory);
    }

    @AfterEach
    void close() {
        receiving.close();
    }

    private double gauge(String name) {
        return receiving.meters.get(name).gauge().value();
    }

    private double waited() {
        return gauge("walkback.commits.blocked");
    }

    @Test // design.md 6: RPO is measured
    void theRowIsWrittenAndItsAgeIsKnownOnceTheArchiveHasIt() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config)) {
            // Given
            cluster.execute(new SetupStep.Heartbeat("walkback").sql());
            String before = cluster.query("SELECT extract(epoch FROM clock_timestamp())");
            // When
            receiving.receive(cluster.registration()).begun(cluster);
            // Then
            await().atMost(Cluster.PATIENCE)
                    .until(() -> gauge("walkback.heartbeat.durable.timestamp") > Double.parseDouble(before));
            assertThat(gauge("walkback.heartbeat.durable.timestamp"))
                    .isLessThanOrEqualTo(Double.parseDouble(
                            cluster.query("SELECT extract(epoch FROM written_at) FROM walkback.heartbeat")));
            await().atMost(Cluster.PATIENCE).until(() -> gauge("walkback.rpo") < 1);
        }
    }

    @Test // P10
    void commitsThatWaitLongerThanFiveSecondsAreToldOfAndGoOnOnceTheyAreReleased() throws Exception {
        try (Cluster cluster = Cluster.start(15, directory, config -> config)
                .policy(policy -> policy.durable(WalDurability.KAFKA_TAIL))) {
            // Given
            cluster.execute("GRANT pg_monitor TO walkback");
            receiving.receive(cluster.registration()).begun(cluster);
            await().atMost(Cluster.PATIENCE).until(() -> waited() == 0);
            cluster.execute(
                    "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (walkback_b)'", "SELECT pg_reload_conf()");
            AtomicBoolean over = new AtomicBoolean();
            // By the clock that the watch has.
            Clock clock = Clock.systemUTC();
            Instant begun = clock.instant();
            // When
            CompletableFuture<Void> client = CompletableFuture.runAsync(
                    () -> {
                        while (!over.get()) {
                            cluster.execute("SELECT pg_logical_emit_message(true, 'test', 'a commit')");
                        }
                    },
                    Thread::startVirtualThread);
            // Then
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !receiving.told(CommitsChecked.class).isEmpty());
            assertThat(receiving.told(CommitsChecked.class)).singleElement().satisfies(page -> {
                assertThat(page.blockedSince())
                        .isBetween(begun.minusSeconds(1), clock.instant().minusSeconds(5));
                assertThat(page.waiting()).isEqualTo(1);
                assertThat(page.standbyNames()).isEqualTo("ANY 1 (walkback_b)");
            });
            // When
            over.set(true);
            try (Connection admin = cluster.connect()) {
                SyncRelease release = new SyncRelease(admin, "the server");
                assertThat(release.release(release.plan())).isEqualTo(new SyncRelease.Released(0, 0));
            }
            // Then
            client.get(30, TimeUnit.SECONDS);
            await().atMost(Cluster.PATIENCE).until(() -> waited() == 0);
        }
    }
}
