package io.walkback.backup.slot;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.domain.DatabaseId;
import java.util.List;

/// What is known of one slot, `NaN` where nothing is:
///
/// - `walkback_wal_slot_retained_bytes{db}`: WAL that the server keeps for it
/// - `walkback_wal_slot_limit_bytes{db}`: `max_slot_wal_keep_size`, `+Inf` where it is unlimited
/// - `walkback_wal_slot_full_seconds{db}`: when the limit is reached if it goes on like this, `+Inf` where nothing
///   grows
///
/// Thread-safe.
final class SlotMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters;
    private volatile double retained = Double.NaN;
    private volatile double limit = Double.NaN;
    private volatile double full = Double.NaN;

    SlotMeters(MeterRegistry registry, DatabaseId database) {
        this.registry = registry;
        this.meters = List.of(
                Gauge.builder("walkback.wal.slot.retained", this, now -> now.retained)
                        .baseUnit("bytes")
                        .tag("db", database.value())
                        .description("WAL that the server keeps for the slot")
                        .register(registry),
                Gauge.builder("walkback.wal.slot.limit", this, now -> now.limit)
                        .baseUnit("bytes")
                        .tag("db", database.value())
                        .description("WAL beyond which the server gives the slot up")
                        .register(registry),
                Gauge.builder("walkback.wal.slot.full", this, now -> now.full)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("time until the slot's limit is reached if it goes on like this")
                        .register(registry));
    }

    void seen(SlotRisk.Found found) {
        Long bytes = found.limitBytes();
        Long seconds = found.secondsToFull();
        retained = found.retainedBytes();
        limit = bytes == null ? Double.POSITIVE_INFINITY : bytes;
        // Without a limit nobody can tell.
        full = seconds != null ? seconds : bytes == null ? Double.NaN : Double.POSITIVE_INFINITY;
    }

    void unknown() {
        retained = Double.NaN;
        limit = Double.NaN;
        full = Double.NaN;
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
