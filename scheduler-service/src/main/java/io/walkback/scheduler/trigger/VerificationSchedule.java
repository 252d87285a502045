package io.walkback.scheduler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.Rotation;
import io.walkback.domain.operation.Verifications;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Asks for one verification a day for each database that has scheduled backups: the next of [#PARTS] parts, so
/// that everything is read within a week (P1), and what a whole reading costs is spread over it. A run that was
/// missed is made up for until the next, once; a part that could not be read is asked for again. For one thread.
public final class VerificationSchedule {
    /// Everything within a week: the rules alarm after eight days.
    static final int PARTS = 7;

    /// After expiry, so that nothing is read that goes, and before the night of backups.
    static final LocalTime AFTERNOON = LocalTime.of(15, 0);

    static final Duration CATCH_UP = Duration.ofHours(23);

    private final State state;
    private final CommandWriter commands;
    private final Daily daily;
    private final boolean enabled;

    /// @param enabled false: nothing is ever asked for
    public VerificationSchedule(State state, CommandWriter commands, Clock clock, boolean enabled) {
        this.state = state;
        this.commands = commands;
        this.daily = new Daily(state, clock, AFTERNOON, CATCH_UP);
        this.enabled = enabled;
    }

    /// Asks for what is due now. A [io.walkback.domain.RetryableException] leaves it due.
    public void tick() {
        if (enabled) {
            daily.tick((database, day, due, now) -> {
                OperationId operation = new OperationId(database.id() + "-verify-" + day);
                if (state.operation(database.id(), operation).isEmpty()) {
                    ask(database.id(), operation, due, now);
                }
            });
        }
    }

    private void ask(DatabaseId database, OperationId operation, Instant due, Instant now) {
        String id = operation.value();
        Rotation part =
                Verifications.next(state.operations().below(database + "/").toList(), PARTS);
        commands.write(
                new Act(
                        "schedule",
                        "verification.request",
                        id,
                        database,
                        AuditOutcome.ALLOWED,
                        id,
                        Map.of("scheduled", due.toString(), "part", part.part() + " of " + part.of())),
                List.of(new VerificationRequested(
                        // The same event whoever sends it, and however often.
                        new EventHeader(
                                UUID.nameUUIDFromBytes(
                                        ("VerificationRequested/" + database + "/" + id).getBytes(UTF_8)),
                                database,
                                now,
                                null),
                        id,
                        operation,
                        null,
                        "schedule",
                        due.plus(CATCH_UP),
                        part)));
    }
}
