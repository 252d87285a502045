package io.walkback.scheduler.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.trigger.Daily;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Asks for a rehearsal of each database whose newest proof is as old as its policy lets one become, at most once a
/// day. Days on which nobody asked are made up for once. For one thread.
public final class DrillSchedule {
    /// After verification, which would read the same objects at the same time, and before the night of backups.
    static final LocalTime AFTERNOON = LocalTime.of(17, 0);

    static final Duration CATCH_UP = Duration.ofHours(23);

    /// A proof of yesterday, which took its time, is a day old today: `every: 1d` means each day.
    static final Duration SLACK = Duration.ofHours(12);

    private final State state;
    private final CommandWriter commands;
    private final Daily daily;
    private final boolean enabled;

    /// @param enabled false: nothing is ever asked for
    public DrillSchedule(State state, CommandWriter commands, Clock clock, boolean enabled) {
        this.state = state;
        this.commands = commands;
        this.daily = new Daily(state, clock, AFTERNOON, CATCH_UP);
        this.enabled = enabled;
    }

    /// Asks for what is due now. A [io.walkback.domain.RetryableException] leaves it due.
    public void tick() {
        if (enabled) {
            daily.tick((database, day, due, now) -> {
                OperationId operation = new OperationId(database.id() + "-drill-" + day);
                if (isDue(database, due)
                        && state.operation(database.id(), operation).isEmpty()) {
                    ask(database, operation, due, now);
                }
            });
        }
    }

    private boolean isDue(DatabaseRegistration database, Instant due) {
        DrillPolicy policy = database.policy().drill();
        Instant old = due.minus(policy.every()).plus(SLACK);
        return policy.isScheduled() && hasBackup(database.id()) && !isProvenSince(database.id(), old);
    }

    private boolean hasBackup(DatabaseId database) {
        return state.backupsOf(database)
                .anyMatch(backup -> backup.status() == BackupStatus.COMPLETED && backup.type() == BackupType.PHYSICAL);
    }

    private boolean isProvenSince(DatabaseId database, Instant old) {
        return state.drillsOf(database).stream()
                .filter(run -> run.verdict() == Verdict.PROVEN)
                .map(DrillRun::at)
                .anyMatch(old::isBefore);
    }

    private void ask(DatabaseRegistration database, OperationId operation, Instant due, Instant now) {
        String id = operation.value();
        DrillPolicy policy = database.policy().drill();
        commands.write(
                new Act(
                        "schedule",
                        "drill.request",
                        id,
                        database.id(),
                        AuditOutcome.ALLOWED,
                        id,
                        Map.of("scheduled", due.toString())),
                List.of(new DrillRequested(
                        // The same event whoever sends it, and however often.
                        new EventHeader(
                                UUID.nameUUIDFromBytes(("DrillRequested/" + database.id() + "/" + id).getBytes(UTF_8)),
                                database.id(),
                                now,
                                null),
                        id,
                        operation,
                        DrillChoice.NEWEST,
                        null,
                        policy.immediate() && policy.window().isEmpty()
                                ? new RecoveryTarget.Immediate()
                                : new RecoveryTarget.Latest(),
                        Map.of(),
                        "schedule",
                        due.plus(CATCH_UP),
                        policy.window().orElse(null))));
    }
}
