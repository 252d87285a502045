package io.walkback.backup.commits;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.event.EventIds;
import io.walkback.backup.server.RepeatedLook;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.postgres.connection.SyncWaits;
import io.walkback.postgres.setup.StandbyNames;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each second which commits of one database wait for our receivers, while its policy has a tail, and tells
/// when one has waited for [#LIMIT], and when for [#CALM] none has. For as long as this worker holds the reception
/// of its WAL, whether anything is received or not. A server that does not answer says nothing: what was told last
/// stands.
///
/// Commits that wait for somebody else are not ours to tell of: whoever is woken could do nothing with what we tell
/// him to.
///
/// `walkback_commits_blocked_seconds{db}`: how long the one that waits longest has waited, 0 for none, `NaN` where
/// nobody looks or nobody can see. [#look] is for one thread.
public final class CommitWatch implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(1);
    static final Duration LIMIT = Duration.ofSeconds(5);
    static final Duration CALM = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

    private final DatabaseId database;
    private final Announcements announcements;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Gauge gauge;
    private final WaitingCommits waiting = new WaitingCommits();
    private volatile double longest = Double.NaN;
    private volatile @Nullable RepeatedLook looks;
    private @Nullable Boolean told;
    private long calmSince;
    private boolean calm;
    private boolean blind;

    CommitWatch(DatabaseId database, Announcements announcements, MeterRegistry registry, Clock clock) {
        this.database = database;
        this.announcements = announcements;
        this.clock = clock;
        this.registry = registry;
        this.gauge = Gauge.builder("walkback.commits.blocked", this, now -> now.longest)
                .baseUnit("seconds")
                .tag("db", database.value())
                .description("how long the commit that waits longest for a receiver has waited")
                .register(registry);
    }

    /// Begins to look; [#close] ends it.
    ///
    /// @param connect opens an ordinary connection; one is kept open while there is a tail
    /// @param hasTail whether the policy has one now
    public static CommitWatch start(
            DatabaseId database,
            Supplier<Connection> connect,
            BooleanSupplier hasTail,
            Announcements announcements,
            MeterRegistry registry,
            Clock clock) {
        CommitWatch watch = new CommitWatch(database, announcements, registry, clock);
        watch.looks = new RepeatedLook(
                "commit-watch",
                database,
                connect,
                EVERY,
                connection -> {
                    boolean wanted = hasTail.getAsBoolean();
                    watch.look(wanted ? SyncWaits.read(connection.get(), database.value()) : null, System.nanoTime());
                    return wanted;
                },
                () -> watch.longest = Double.NaN);
        return watch;
    }

    /// Takes in what the server says.
    ///
    /// @param seen null: there is no tail, so nobody waits for one
    void look(@Nullable SyncWaits seen, long nanos) {
        if (seen != null && !seen.seesAll()) {
            longest = Double.NaN;
            if (!blind) {
                blind = true;
                LOG.atWarn()
                        .addKeyValue("databaseId", database)
                        .log("the role may not see what other sessions wait for, so blocked commits raise no alarm;"
                                + " grant it pg_read_all_stats, as 'walkback wal setup' does");
            }
            return;
        }
        blind = false;
        Set<String> commits = seen != null && isForUs(seen.names()) ? seen.commits() : Set.of();
        WaitingCommits.Found found = waiting.look(commits, LIMIT, nanos);
        longest = seen == null ? Double.NaN : found.longest().toMillis() / 1e3;
        if (found.late() > 0) {
            calm = false;
            if (!Boolean.TRUE.equals(told)) {
                tell(clock.instant().minus(found.longest()), found.late(), seen == null ? "" : seen.names());
            }
        } else if (!Boolean.FALSE.equals(told) && isCalm(nanos)) {
            tell(null, 0, seen == null ? "" : seen.names());
        }
    }

    /// An alarm that a predecessor raised ends like one of ours.
    private boolean isCalm(long nanos) {
        if (!calm) {
            calm = true;
            calmSince = nanos;
        }
        return nanos - calmSince >= CALM.toNanos();
    }

    private static boolean isForUs(String names) {
        try {
            StandbyNames parsed = StandbyNames.parse(names);
            return parsed.namesOurs() || parsed.namesEverybody();
        } catch (IllegalArgumentException odd) {
            LOG.atDebug().setCause(odd).log("synchronous_standby_names not understood, taken for ours");
            return true;
        }
    }

    private void tell(@Nullable Instant blockedSince, int late, String names) {
        told = blockedSince != null;
        announcements.tell(new CommitsChecked(
                EventIds.header("commits-checked", database, told + " " + clock.instant(), clock.instant()),
                blockedSince,
                late,
                names));
        if (blockedSince != null) {
            LOG.atError()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("waiting", late)
                    .addKeyValue("blockedSince", blockedSince)
                    .addKeyValue("standbyNames", names)
                    .log("commits wait for a receiver and with them the application");
        }
    }

    /// Ends the looks and does not wait for the one that is under way.
    @Override
    public void close() {
        RepeatedLook running = looks;
        if (running != null) {
            running.close();
        }
        registry.remove(gauge);
    }
}
