package io.walkback.scheduler.trigger;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Something that is due once a day for each database with scheduled backups, at a time of day in the zone of its
/// policy. One that was missed is due until the next is, or for a shorter time; of several missed ones only the
/// last. For one thread.
public final class Daily {
    private final State state;
    private final Clock clock;
    private final LocalTime time;
    private final Duration catchUp;
    private final Map<DatabaseId, LocalDate> asked = new HashMap<>();

    /// Does what is due, unless it was done already.
    @FunctionalInterface
    public interface Ask {
        void ask(DatabaseRegistration database, LocalDate day, Instant due, Instant now);
    }

    /// @param catchUp how long after its time it is still due, less than a day
    public Daily(State state, Clock clock, LocalTime time, Duration catchUp) {
        this.state = state;
        this.clock = clock;
        this.time = time;
        this.catchUp = catchUp;
    }

    /// Asks for what is due now. A [io.walkback.domain.RetryableException] of `ask` leaves it due.
    public void tick(Ask ask) {
        Instant now = clock.instant();
        List<DatabaseRegistration> databases = state.databases()
                .all()
                .filter(database -> database.policy().enabled())
                .toList();
        asked.keySet()
                .retainAll(databases.stream().map(DatabaseRegistration::id).toList());
        databases.forEach(database -> consider(database, now, ask));
    }

    private void consider(DatabaseRegistration database, Instant now, Ask ask) {
        LocalDate today = now.atZone(database.policy().zone()).toLocalDate();
        LocalDate day = at(database, today).isAfter(now) ? today.minusDays(1) : today;
        Instant due = at(database, day);
        // What was due before the policy was written was never promised.
        boolean promised = state.databases()
                .writtenAt(database.id().value())
                .filter(written -> written.isBefore(due))
                .isPresent();
        if (promised && !due.plus(catchUp).isBefore(now) && !day.equals(asked.get(database.id()))) {
            ask.ask(database, day, due, now);
            asked.put(database.id(), day);
        }
    }

    private Instant at(DatabaseRegistration database, LocalDate day) {
        return day.atTime(time).atZone(database.policy().zone()).toInstant();
    }
}
