package io.walkback.scheduler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.KillPoint;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.OperationId;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for scheduled backups. For one thread.
///
/// Of occurrences that were missed, the last one runs if it is younger than [#CATCH_UP] and not older than the
/// policy that asks for it; the others are skipped. A backup is worth its run late, but not one per missed night.
public final class Trigger {
    /// Killed here, an occurrence is computed and nobody has been told (F01).
    static final String DUE = "trigger.due";

    /// How late a run may begin: a nightly one well before the working day is over, never into the next night.
    static final Duration CATCH_UP = Duration.ofHours(6);

    private static final Logger LOG = LoggerFactory.getLogger(Trigger.class);

    private final State state;
    private final CommandWriter commands;
    private final Clock clock;
    private final boolean enabled;
    private final Map<DatabaseId, Plan> plans = new HashMap<>();

    /// What is next for one database.
    ///
    /// @param next null: never
    private record Plan(
            BackupPolicy policy,
            Schedule schedule,
            @Nullable Instant next) {}

    /// @param enabled false: nothing is ever asked for
    public Trigger(State state, CommandWriter commands, Clock clock, boolean enabled) {
        this.state = state;
        this.commands = commands;
        this.clock = clock;
        this.enabled = enabled;
    }

    /// Asks for what is due now. A [io.walkback.domain.RetryableException] leaves it due.
    public void tick() {
        if (!enabled) {
            return;
        }
        Instant now = clock.instant();
        List<DatabaseRegistration> databases = state.databases()
                .all()
                .filter(database -> database.policy().enabled())
                .toList();
        Set<DatabaseId> names =
                databases.stream().map(DatabaseRegistration::id).collect(Collectors.toUnmodifiableSet());
        plans.keySet().retainAll(names);
        databases.forEach(database -> consider(database, now));
    }

    private void consider(DatabaseRegistration database, Instant now) {
        Plan plan = plans.get(database.id());
        if (plan == null || !plan.policy().equals(database.policy())) {
            Schedule schedule =
                    new Schedule(database.policy().cron(), database.policy().zone());
            run(database, schedule.last(oldest(database, now), now), schedule, now);
            plans.put(database.id(), new Plan(database.policy(), schedule, next(schedule, now)));
        } else if (plan.next() != null && !plan.next().isAfter(now)) {
            Instant before = later(plan.next().minusNanos(1), now.minus(CATCH_UP));
            run(database, plan.schedule().last(before, now), plan.schedule(), now);
            plans.put(database.id(), new Plan(plan.policy(), plan.schedule(), next(plan.schedule(), now)));
        }
    }

    private static @Nullable Instant next(Schedule schedule, Instant now) {
        return schedule.next(now).orElse(null);
    }

    /// What was scheduled before the policy was written was never promised.
    private Instant oldest(DatabaseRegistration database, Instant now) {
        Instant written = state.databases().writtenAt(database.id().value()).orElse(now);
        return later(written, now.minus(CATCH_UP));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void run(DatabaseRegistration database, Optional<Instant> due, Schedule schedule, Instant now) {
        if (due.isEmpty()) {
            return;
        }
        Occurrence occurrence = new Occurrence(database.id(), due.get());
        OperationId operation = new OperationId(occurrence.id().value());
        if (state.operation(database.id(), operation).isPresent()) {
            return;
        }
        KillPoint.at(DUE);
        String id = occurrence.id().value();
        commands.write(
                new Act(
                        "schedule",
                        "backup.request",
                        id,
                        database.id(),
                        AuditOutcome.ALLOWED,
                        id,
                        Map.of("scheduled", due.get().toString())),
                List.of(new BackupRequested(
                        // The same event whoever sends it, and however often.
                        new EventHeader(
                                UUID.nameUUIDFromBytes(("BackupRequested/" + database.id() + "/" + id).getBytes(UTF_8)),
                                database.id(),
                                now,
                                null),
                        id,
                        occurrence.id(),
                        BackupType.PHYSICAL,
                        "schedule",
                        notAfter(due.get(), schedule),
                        Map.of(),
                        id,
                        null,
                        List.of())));
        LOG.atInfo()
                .addKeyValue("databaseId", database.id())
                .addKeyValue("backupId", id)
                .addKeyValue("lateMs", Duration.between(due.get(), now).toMillis())
                .log("scheduled backup requested");
    }

    /// Until the next run takes its place, and never later than a missed one would be taken up.
    private static Instant notAfter(Instant scheduled, Schedule schedule) {
        Instant latest = scheduled.plus(CATCH_UP);
        return schedule.next(scheduled)
                .filter(next -> next.isBefore(latest))
                .map(next -> later(next, scheduled.plus(Duration.ofMinutes(1))))
                .orElse(latest);
    }
}
