package io.walkback.scheduler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationState;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells which databases have had WAL for an hour that is not durable (F51), whatever the reason: no worker, no
/// server, no store. An idle server has none, so it does not alarm (pitfall 14).
///
/// Streamed WAL: whoever receives it says in each heartbeat how old the oldest is that would be lost. The age
/// counts back from when the heartbeat was first seen here, so that a worker's wrong clock neither makes nor hides
/// an alarm. What only the brokers of a tail have is not lost with the server, and stalled all the same. Pushed
/// WAL: [PushedWal]. What was once durable stays so, and until something is heard of a database the hour counts
/// from when it was first seen, at the start or later. Until then nothing is told of it, so that an alarm that
/// stands outlives a restart.
///
/// [#tick] is for one thread, the rest thread-safe.
public final class WalWatch {
    /// Without WAL for an hour a database alarms, says P10, also where a policy allows more to be lost.
    static final Duration PATIENCE = Duration.ofHours(1);

    /// A detected failure reaches a person within a minute.
    static final Duration EVERY = Duration.ofSeconds(10);

    /// After a start the first that is heard of a database may be of WAL that is on its way this very moment.
    static final Duration SETTLING = Duration.ofMinutes(2);

    /// Three heartbeats.
    private static final Duration FRESH = Duration.ofSeconds(30);

    private record Heard(Duration exposed, Instant at) {}

    private final State state;
    private final Supplier<Map<Epoch, Heartbeat>> heartbeats;
    private final PushedWal pushed;
    private final CommandWriter commands;
    private final Clock clock;
    /// By epoch, when its last heartbeat was written: one that is still there is not a new one.
    private final Map<Epoch, Instant> heard = new HashMap<>();
    private final Map<DatabaseId, Instant> firstSeen = new HashMap<>();
    private final Map<DatabaseId, Instant> durable = new ConcurrentHashMap<>();
    /// Up to when everything is in the repository; a tail's brokers may have more.
    private final Map<DatabaseId, Instant> stored = new ConcurrentHashMap<>();
    private final Map<DatabaseId, Heard> exposed = new ConcurrentHashMap<>();
    private final Map<DatabaseId, Boolean> told = new ConcurrentHashMap<>();
    private Instant next = Instant.MIN;

    /// @param heartbeats the newest of each held attempt
    public WalWatch(
            State state,
            Supplier<Map<Epoch, Heartbeat>> heartbeats,
            PushedWal pushed,
            CommandWriter commands,
            Clock clock) {
        this.state = state;
        this.heartbeats = heartbeats;
        this.pushed = pushed;
        this.commands = commands;
        this.clock = clock;
    }

    /// Up to when everything that a database wrote is known to be durable; empty while nothing has been heard.
    public Optional<Instant> durableUntil(DatabaseId database) {
        return Optional.ofNullable(durable.get(database));
    }

    /// What would be lost now: as young as the last heartbeat says where there is a fresh one, else what was
    /// written since [#durableUntil]. Empty while nothing has been heard.
    public Optional<Duration> rpo(DatabaseId database) {
        Instant now = clock.instant();
        Heard last = exposed.get(database);
        return last != null && last.at().plus(FRESH).isAfter(now)
                ? Optional.of(last.exposed())
                : durableUntil(database).map(until -> Duration.between(until, now));
    }

    /// Whether that is too long ago, as it was told last.
    public boolean isStalled(DatabaseId database) {
        return told.getOrDefault(database, false);
    }

    /// Tells what has changed. A [io.walkback.domain.RetryableException] leaves it for the next tick.
    public void tick() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        pushed.look();
        Map<DatabaseId, BackupPolicy> wanted = new HashMap<>();
        state.databases()
                .all()
                .filter(database -> database.policy().bringsWal())
                .forEach(database -> wanted.put(database.id(), database.policy()));
        listen(wanted, now);
        List<WalChecked> changed = new ArrayList<>();
        wanted.forEach((database, policy) -> news(database, policy, now).ifPresent(changed::add));
        // Nobody waits for the WAL of a database that brings none, or is no longer registered.
        told.forEach((database, stalled) -> {
            if (stalled && !wanted.containsKey(database)) {
                changed.add(checked(database, null, null, now));
            }
        });
        if (!changed.isEmpty()) {
            commands.write(
                    new Act(
                            "schedule",
                            "wal.check",
                            "wal",
                            null,
                            AuditOutcome.SUCCEEDED,
                            null,
                            Map.of("databases", Integer.toString(changed.size()))),
                    changed);
        }
        changed.forEach(each -> told.put(each.database(), each.exposedSince() != null));
        told.keySet().retainAll(wanted.keySet());
        next = now.plus(EVERY);
    }

    private void listen(Map<DatabaseId, BackupPolicy> wanted, Instant now) {
        Map<Epoch, Heartbeat> latest = heartbeats.get();
        heard.keySet().retainAll(latest.keySet());
        latest.forEach((epoch, heartbeat) -> {
            Long millis = heartbeat.exposedMillis();
            if (millis != null && !heartbeat.at().equals(heard.put(epoch, heartbeat.at()))) {
                durable.merge(heartbeat.database(), now.minusMillis(millis), WalWatch::later);
                Long store = heartbeat.storeExposedMillis();
                stored.merge(
                        heartbeat.database(),
                        now.minusMillis(store == null ? millis : Math.max(store, millis)),
                        WalWatch::later);
                exposed.put(heartbeat.database(), new Heard(Duration.ofMillis(millis), now));
            }
        });
        wanted.forEach((database, policy) -> {
            firstSeen.putIfAbsent(database, now);
            if (policy.pushWal()) {
                pushed.of(database).map(PushedWal.Known::durableUntil).ifPresent(until -> {
                    durable.merge(database, until, WalWatch::later);
                    stored.merge(database, until, WalWatch::later);
                });
            }
        });
        firstSeen.keySet().retainAll(wanted.keySet());
        durable.keySet().retainAll(wanted.keySet());
        stored.keySet().retainAll(wanted.keySet());
        exposed.keySet().retainAll(wanted.keySet());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /// Nothing is known yet, or it was told: nothing to tell.
    private Optional<WalChecked> news(DatabaseId database, BackupPolicy policy, Instant now) {
        Instant first = firstSeen.getOrDefault(database, now);
        // A tail outlives the server and not its own brokers, and is made to be short: the repository counts.
        Instant known = stored.get(database);
        Instant since = known == null ? first : known;
        boolean stalled = since.isBefore(now.minus(PATIENCE));
        if (stalled ? first.isAfter(now.minus(SETTLING)) : known == null) {
            return Optional.empty();
        }
        Boolean before = told.get(database);
        return before != null && before == stalled
                ? Optional.empty()
                : Optional.of(
                        checked(database, stalled ? since : null, stalled ? seen(database, policy, now) : null, now));
    }

    private static WalChecked checked(
            DatabaseId database, @Nullable Instant since, @Nullable String seen, Instant now) {
        return new WalChecked(
                new EventHeader(
                        // The same event whoever sends it, and however often.
                        UUID.nameUUIDFromBytes(("WalChecked/" + database + "/" + since).getBytes(UTF_8)),
                        database,
                        now,
                        null),
                since,
                seen);
    }

    private String seen(DatabaseId database, BackupPolicy policy, Instant now) {
        if (policy.pushWal()) {
            return pushed.of(database).map(PushedWal.Known::seen).orElse("nothing has been heard of it");
        }
        Instant until = durable.get(database);
        String where = until != null && until.isAfter(now.minus(PATIENCE))
                ? "the brokers of its tail have it, the repository has not; "
                : "";
        return where + receiver(database);
    }

    private String receiver(DatabaseId database) {
        return heartbeats.get().values().stream()
                .filter(heartbeat -> heartbeat.database().equals(database) && heartbeat.exposedMillis() != null)
                .findFirst()
                .map(heartbeat -> "worker " + heartbeat.worker() + " says: " + heartbeat.phase())
                .orElseGet(() -> reception(database));
    }

    private String reception(DatabaseId database) {
        Optional<Operation> live = state.operations()
                .below(database + "/")
                .filter(operation -> operation.kind() == OperationKind.WAL_RECEPTION
                        && !operation.state().isTerminal())
                .findFirst();
        if (live.filter(Operation::paused).isPresent()) {
            return "its reception is paused";
        }
        return live.map(Operation::state)
                .map(now -> now instanceof OperationState.Open(var last) && last != null ? last.message() : null)
                .map(last -> "no worker receives it: " + last)
                .orElse("no worker is heard to receive it");
    }
}
