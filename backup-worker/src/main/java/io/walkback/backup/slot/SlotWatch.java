package io.walkback.backup.slot;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.backup.server.RepeatedLook;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.connection.WalPosition;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at one database's slot every ten seconds and tells when the danger changes, for as long as this worker
/// holds the reception of its WAL, whether anything is received or not. A server that does not answer says
/// nothing: what was told last stands, and the silence alarms elsewhere (F51).
///
/// A lesser danger is told once it has been less for [#CALM], so that a slot at the edge is one alarm. [#look] is
/// for one thread.
public final class SlotWatch implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(10);
    static final Duration CALM = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(SlotWatch.class);

    /// One answer of the server.
    ///
    /// @param slot null while there is none
    record Seen(@Nullable SlotStatus slot, WalPosition wal) {}

    private final DatabaseId database;
    private final Supplier<Connection> connect;
    private final Announcements announcements;
    private final SlotMeters meters;
    private final Clock clock;
    private final SlotRisk risk = new SlotRisk();
    private volatile @Nullable RepeatedLook looks;
    private @Nullable Severity told;
    private boolean everTold;
    private long lesserSince;
    private boolean lesser;

    SlotWatch(
            DatabaseId database,
            Supplier<Connection> connect,
            Announcements announcements,
            MeterRegistry registry,
            Clock clock) {
        this.database = database;
        this.connect = connect;
        this.announcements = announcements;
        this.meters = new SlotMeters(registry, database);
        this.clock = clock;
    }

    /// Begins to look; [#close] ends it.
    ///
    /// @param connect opens an ordinary connection; one is kept open, and opened anew after a fault
    public static SlotWatch start(
            DatabaseId database,
            Supplier<Connection> connect,
            Announcements announcements,
            MeterRegistry registry,
            Clock clock) {
        SlotWatch watch = new SlotWatch(database, connect, announcements, registry, clock);
        watch.start(EVERY);
        return watch;
    }

    void start(Duration every) {
        looks = new RepeatedLook(
                "slot-watch",
                database,
                connect,
                every,
                connection -> {
                    look(seen(connection.get()), System.nanoTime());
                    return true;
                },
                meters::unknown);
    }

    private Seen seen(Connection open) {
        return new Seen(
                SlotStatus.read(open, database.slotName(), database.value()).orElse(null),
                WalPosition.read(open, database.value()));
    }

    /// Takes in what the server says, and tells what has become of the danger.
    void look(Seen seen, long nanos) {
        SlotStatus slot = seen.slot();
        if (slot == null) {
            meters.unknown();
            return;
        }
        SlotRisk.Found found =
                risk.look(slot, seen.wal().slotLimit(), seen.wal().walBudget(), nanos);
        meters.seen(found);
        if (isNews(found.severity(), nanos)) {
            told = found.severity();
            everTold = true;
            lesser = false;
            announcements.tell(new SlotChecked(
                    EventIds.header("slot-checked", database, told + " " + clock.instant(), clock.instant()),
                    found.severity(),
                    database.slotName(),
                    found.walStatus(),
                    found.retainedBytes(),
                    found.limitBytes(),
                    found.secondsToFull()));
            if (told != null) {
                LOG.atWarn()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("severity", told)
                        .addKeyValue("walStatus", found.walStatus())
                        .addKeyValue("retainedBytes", found.retainedBytes())
                        .addKeyValue("limitBytes", found.limitBytes())
                        .addKeyValue("secondsToFull", found.secondsToFull())
                        .log("replication slot keeps much wal on its server");
            }
        }
    }

    private boolean isNews(@Nullable Severity now, long nanos) {
        if (now == null ? told == null && everTold : now == told) {
            lesser = false;
            return false;
        }
        if (now != null && (told == null || now.compareTo(told) > 0)) {
            return true;
        }
        // Less than was told, or than an alarm of a predecessor may say.
        if (!lesser) {
            lesser = true;
            lesserSince = nanos;
        }
        return nanos - lesserSince >= CALM.toNanos();
    }

    /// Ends the looks and does not wait for the one that is under way.
    @Override
    public void close() {
        RepeatedLook running = looks;
        if (running != null) {
            running.close();
        }
        meters.close();
    }
}
