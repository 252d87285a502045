package io.walkback.backup.wal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.domain.DatabaseId;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// What reception of one database tells Prometheus, for as long as it goes on here:
///
/// - `walkback_wal_exposed_seconds{db}`: the age of the oldest WAL that would be lost with the server now, so RPO
/// now
/// - `walkback_wal_store_exposed_seconds{db}`: the same for WAL that is not in the repository, though the brokers
/// of a tail may have it
/// - `walkback_wal_lag_bytes{db}`: WAL that the server has and the repository has not
/// - `walkback_wal_last_archived_timestamp_seconds{db}`: when WAL last became durable here, `NaN` before
/// - `walkback_wal_tail_left_out_bytes_total{db}`: WAL that the brokers of the tail did not take, so that it was
/// durable only when the repository had it
///
/// Thread-safe.
final class ReceptionMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Clock clock;
    private final AtomicReference<Double> archived = new AtomicReference<>(Double.NaN);
    private final List<Meter> meters;
    private final Counter leftOut;

    ReceptionMeters(MeterRegistry registry, DatabaseId database, Exposures exposure, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.leftOut = Counter.builder("walkback.wal.tail.left.out")
                .baseUnit("bytes")
                .tag("db", database.value())
                .description("WAL that the brokers of the tail did not take")
                .register(registry);
        this.meters = List.of(
                leftOut,
                Gauge.builder(
                                "walkback.wal.exposed",
                                exposure.now(),
                                now -> now.at(System.nanoTime()).toMillis() / 1e3)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("age of the oldest WAL that would be lost with the server now")
                        .register(registry),
                Gauge.builder(
                                "walkback.wal.store.exposed",
                                exposure.store(),
                                store -> store.at(System.nanoTime()).toMillis() / 1e3)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("age of the oldest WAL that is not in the repository")
                        .register(registry),
                Gauge.builder("walkback.wal.lag", exposure.store(), Exposure::bytes)
                        .baseUnit("bytes")
                        .tag("db", database.value())
                        .description("WAL that the server has and the repository has not")
                        .register(registry),
                Gauge.builder("walkback.wal.last.archived.timestamp", archived, AtomicReference::get)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("when WAL last became durable")
                        .register(registry));
    }

    /// WAL became durable.
    void archived() {
        archived.set(clock.millis() / 1e3);
    }

    /// The tail did not get some WAL.
    void leftOut(long bytes) {
        leftOut.increment((double) bytes);
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
