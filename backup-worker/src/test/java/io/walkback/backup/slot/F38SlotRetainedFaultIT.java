package io.walkback.backup.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.backup.Cluster;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F38 on a real server: a slot with WAL and nobody who receives it, as the plain replication role sees it.
class F38SlotRetainedFaultIT {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    private final List<Event> told = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String name) {
        return registry.get("walkback.wal.slot." + name).gauge().value();
    }

    @Test
    void aSlotThatNobodyReadsPagesAtFourFifthsOfItsLimitThroughARestartOfTheServer() throws Exception {
        try (Cluster cluster =
                Cluster.start(15, directory, config -> config.withSetting("max_slot_wal_keep_size", "40MB"))) {
            // Given
            DatabaseRegistration registration = cluster.registration();
            ServerAccess servers = Cluster.access();
            servers.ensureSlot(registration);
            try (SlotWatch watch = new SlotWatch(
                    Cluster.SHOP, () -> servers.sql(registration), told::add, registry, Clock.systemUTC())) {
                watch.start(Duration.ofMillis(200));
                await().atMost(Cluster.PATIENCE).until(() -> gauge("limit") == 40.0 * MIB);
                assertThat(gauge("retained")).isLessThan(2.0 * MIB);
                // When
                cluster.server.kill();
                cluster.server.start();
                cluster.execute("CREATE TABLE w (t text)");
                while (Long.parseLong(cluster.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
                                + " FROM pg_replication_slots"))
                        < 33 * MIB) {
                    cluster.execute("INSERT INTO w SELECT md5(g::text) FROM generate_series(1, 20000) g");
                }
                // Then
                await().atMost(Cluster.PATIENCE).untilAsserted(() -> assertThat(told)
                        .last()
                        .isInstanceOfSatisfying(SlotChecked.class, page -> assertThat(page)
                                .returns(Severity.CRITICAL, SlotChecked::severity)
                                .returns("walkback_shop", SlotChecked::slot)
                                .returns(40 * MIB, SlotChecked::limitBytes)
                                .satisfies(
                                        each -> assertThat(each.retainedBytes()).isGreaterThan(32 * MIB))));
                assertThat(gauge("retained")).isGreaterThan(32.0 * MIB);
            }
        }
        assertThat(registry.getMeters()).isEmpty();
    }
}
