package io.walkback.backup.heartbeat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.server.RepeatedLook;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.postgres.heartbeat.HeartbeatTable;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the row of one database every ten seconds for as long as this worker holds the reception of its WAL,
/// where the policy allows it and the table was made, and says what RPO is:
///
/// - `walkback_rpo_seconds{db}`: the age of the oldest WAL, or row, that would be lost with the server now.
///   Without a row it is what reception knows alone.
/// - `walkback_heartbeat_durable_timestamp_seconds{db}`: when the newest row that is durable was written, by the
///   server's clock; `NaN` before there is one
///
/// An idle database whose rows arrive has an RPO of no more than it takes them to; one without rows has none to
/// lose, and 0. Thread-safe.
public final class HeartbeatRow implements AutoCloseable {
    /// Often enough to find a reception that deceives itself within seconds, and 8 640 rows a day.
    static final Duration EVERY = Duration.ofSeconds(10);

    /// Looks that are passed over where there was no table: one a minute is left.
    private static final int PASSED = 5;

    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatRow.class);

    private final DatabaseId database;
    private final Supplier<Duration> exposed;
    private final Supplier<Lsn> durable;
    private final MeasuredRpo measured = new MeasuredRpo();
    private final MeterRegistry registry;
    private final List<Meter> meters;
    private volatile @Nullable RepeatedLook writes;
    private boolean written;
    private int passed;

    HeartbeatRow(DatabaseId database, Supplier<Duration> exposed, Supplier<Lsn> durable, MeterRegistry registry) {
        this.database = database;
        this.exposed = exposed;
        this.durable = durable;
        this.registry = registry;
        this.meters = List.of(
                Gauge.builder("walkback.rpo", this, row -> row.rpo().toMillis() / 1e3)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("age of the oldest WAL, or heartbeat, that would be lost with the server now")
                        .register(registry),
                Gauge.builder("walkback.heartbeat.durable.timestamp", this, HeartbeatRow::newestDurable)
                        .baseUnit("seconds")
                        .tag("db", database.value())
                        .description("when the newest durable heartbeat was written")
                        .register(registry));
    }

    /// Begins to write; [#close] ends it.
    ///
    /// @param connect opens an ordinary connection; one is kept open while rows are written
    /// @param wanted  whether the policy wants rows now
    /// @param exposed the age of the oldest WAL that reception has heard of and that is not durable
    /// @param durable the end of the WAL that is durable without a hole
    public static HeartbeatRow start(
            DatabaseId database,
            Supplier<Connection> connect,
            BooleanSupplier wanted,
            Supplier<Duration> exposed,
            Supplier<Lsn> durable,
            MeterRegistry registry) {
        HeartbeatRow row = new HeartbeatRow(database, exposed, durable, registry);
        row.start(connect, wanted, EVERY);
        return row;
    }

    void start(Supplier<Connection> connect, BooleanSupplier wanted, Duration every) {
        writes = new RepeatedLook(
                "heartbeat",
                database,
                connect,
                every,
                connection -> wanted.getAsBoolean() && isWritten(connection),
                () -> {});
    }

    /// Where there is nothing to write the server is asked less often, and no connection kept.
    private boolean isWritten(Supplier<Connection> connection) {
        if (passed > 0) {
            passed--;
            return false;
        }
        long begun = System.nanoTime();
        Optional<HeartbeatTable.Beat> beat = HeartbeatTable.write(connection.get(), database.value());
        beat.ifPresent(now -> measured.written(now, begun));
        if (written != beat.isPresent()) {
            written = beat.isPresent();
            LOG.atInfo()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("written", written)
                    .log("whether a heartbeat row can be written has changed");
        }
        passed = written ? 0 : PASSED;
        return written;
    }

    /// What would be lost with the server now.
    public Duration rpo() {
        measured.durable(durable.get());
        Duration missing = measured.missing(System.nanoTime());
        Duration known = exposed.get();
        return missing.compareTo(known) > 0 ? missing : known;
    }

    private double newestDurable() {
        measured.durable(durable.get());
        Instant newest = measured.newestDurable();
        return newest == null ? Double.NaN : newest.toEpochMilli() / 1e3;
    }

    /// Ends the writing and does not wait for the one that is under way.
    @Override
    public void close() {
        RepeatedLook running = writes;
        if (running != null) {
            running.close();
        }
        meters.forEach(registry::remove);
    }
}
