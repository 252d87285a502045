package io.walkback.scheduler.expiry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.operation.OperationId;
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

/// Asks for one expiry a day for each database that has scheduled backups, at noon in the zone of its policy: away
/// from the night in which backups run, and while people are there. One that was missed by more than six hours
/// waits for the next day. For one thread.
public final class ExpirySchedule {
    static final LocalTime NOON = LocalTime.of(12, 0);
    static final Duration CATCH_UP = Duration.ofHours(6);

    private final State state;
    private final CommandWriter commands;
    private final Daily daily;
    private final boolean enabled;

    /// @param enabled false: nothing is ever asked for
    public ExpirySchedule(State state, CommandWriter commands, Clock clock, boolean enabled) {
        this.state = state;
        this.commands = commands;
        this.daily = new Daily(state, clock, NOON, CATCH_UP);
        this.enabled = enabled;
    }

    /// Asks for what is due now. A [io.walkback.domain.RetryableException] leaves it due.
    public void tick() {
        if (enabled) {
            daily.tick((database, day, due, now) -> {
                OperationId operation = new OperationId(database.id() + "-expiry-" + day);
                if (state.operation(database.id(), operation).isEmpty()) {
                    ask(database.id(), operation, due, now);
                }
            });
        }
    }

    private void ask(DatabaseId database, OperationId operation, Instant due, Instant now) {
        String id = operation.value();
        commands.write(
                new Act(
                        "schedule",
                        "expiry.request",
                        id,
                        database,
                        AuditOutcome.ALLOWED,
                        id,
                        Map.of("scheduled", due.toString())),
                List.of(new ExpiryRequested(
                        // The same event whoever sends it, and however often.
                        new EventHeader(
                                UUID.nameUUIDFromBytes(("ExpiryRequested/" + database + "/" + id).getBytes(UTF_8)),
                                database,
                                now,
                                null),
                        id,
                        operation,
                        List.of(),
                        null,
                        "schedule",
                        due.plus(CATCH_UP))));
    }
}
