package io.walkback.scheduler.trigger;

import io.walkback.domain.event.AuditOutcome;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import io.walkback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Removes Idempotency-Keys that ended a day ago and more, so that their topic and every view of it stay as small
/// as a week's requests. For one thread.
///
/// Several instances may remove the same key. One that is used again in that very moment may lose its new record:
/// its operation's id follows from the key all the same, so nothing runs twice.
public final class KeyExpiry {
    /// Beyond the difference between the clocks of two instances.
    private static final Duration GRACE = Duration.ofDays(1);

    private static final Duration EVERY = Duration.ofHours(1);
    private static final int AT_ONCE = 500;

    private final State state;
    private final CommandWriter commands;
    private final Clock clock;
    private Instant next = Instant.MIN;

    public KeyExpiry(State state, CommandWriter commands, Clock clock) {
        this.state = state;
        this.commands = commands;
        this.clock = clock;
    }

    /// Removes what is over, once an hour, or at each tick while there is more than one batch. A
    /// [io.walkback.domain.RetryableException] leaves it for the next tick.
    public void tick() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        List<String> over = state.idempotency().keys().stream()
                .filter(key -> isOver(key, now))
                .limit(AT_ONCE)
                .toList();
        if (!over.isEmpty()) {
            commands.remove(
                    new Act(
                            "schedule",
                            "idempotency.expire",
                            Topics.IDEMPOTENCY.name(),
                            null,
                            AuditOutcome.SUCCEEDED,
                            null,
                            Map.of("keys", Integer.toString(over.size()))),
                    Topics.IDEMPOTENCY.name(),
                    over);
        }
        if (over.size() < AT_ONCE) {
            next = now.plus(EVERY);
        }
    }

    private boolean isOver(String key, Instant now) {
        return state.idempotency()
                .find(key)
                .filter(known -> known.expiresAt().plus(GRACE).isBefore(now))
                .isPresent();
    }
}
