package io.walkback.scheduler.expiry;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.OperationState;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpiryScheduleTest {
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(100));
    private static final String CRON = "0 0 2 * * *";

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final ExpirySchedule schedule = new ExpirySchedule(filled.state, sent.commands, sent.clock, true);

    @AfterEach
    void close() {
        filled.close();
    }

    private List<String> requested() {
        return sent.messages(ExpiryRequested.class)
                .map(ExpiryRequested::requestId)
                .toList();
    }

    @Test
    void asksOnceADayAtNoonInTheZoneOfThePolicy() {
        // Given a policy in UTC, seen in the afternoon
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        // When
        for (int hour = 0; hour < 48; hour++) {
            schedule.tick();
            sent.clock.advance(Duration.ofHours(1));
        }
        // Then
        assertThat(requested()).containsExactly("shop-expiry-2026-11-22", "shop-expiry-2026-11-23");
        assertThat(sent.messages(ExpiryRequested.class))
                .allSatisfy(request -> assertThat(request.backupIds()).isEmpty());
    }

    @Test
    void asksForNothingThatIsAnOperationAlreadyNorForWhatWasNeverPromised() {
        // Given one that was asked for, and one that was registered after noon
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        filled.put(Samples.database("late", CRON, false), NOW.plusSeconds(1));
        filled.put(
                Samples.operation(
                        "shop", "shop-expiry-2026-11-22", new Command.Expire(), new OperationState.Open(null), null),
                NOW);
        // When
        sent.clock.advance(Duration.ofMinutes(10));
        schedule.tick();
        // Then
        assertThat(requested()).isEmpty();
    }

    @Test
    void asksForNothingWhereBackupsAreSwitchedOff() {
        // Given
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        // When
        sent.clock.advance(Duration.ofMinutes(10));
        new ExpirySchedule(filled.state, sent.commands, sent.clock, false).tick();
        // Then
        assertThat(requested()).isEmpty();
    }
}
