package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Rotation;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerificationScheduleTest {
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(100));
    private static final String CRON = "0 0 2 * * *";

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);

    @AfterEach
    void close() {
        filled.close();
    }

    private VerificationSchedule schedule() {
        return new VerificationSchedule(filled.state, sent.commands, sent.clock, true);
    }

    private List<String> requested() {
        return sent.messages(VerificationRequested.class)
                .map(request -> request.requestId() + " " + request.rotation())
                .toList();
    }

    private void done(String id, int part) {
        filled.put(
                Samples.operation(
                        "shop",
                        id,
                        new Command.Verify(null, new Rotation(part, VerificationSchedule.PARTS)),
                        new OperationState.Completed(new Facts.Verified(1, 1, 0, null), NOW),
                        null),
                NOW);
    }

    @Test // P1
    void asksForTheNextPartOncePerDay() {
        // Given
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        VerificationSchedule schedule = schedule();
        // When what was due yesterday is made up for, done, and two more days pass
        schedule.tick();
        done("shop-verify-2026-11-21", 1);
        for (int minute = 0; minute < 60 * 24; minute += 10) {
            sent.clock.advance(Duration.ofMinutes(10));
            schedule.tick();
        }
        // Then
        assertThat(requested())
                .containsExactly(
                        "shop-verify-2026-11-21 Rotation[part=1, of=7]",
                        "shop-verify-2026-11-22 Rotation[part=2, of=7]");
        assertThat(sent.messages(VerificationRequested.class)).allSatisfy(request -> {
            assertThat(request.backupId()).isNull();
            assertThat(request.requestedBy()).isEqualTo("schedule");
        });
    }

    @Test
    void makesUpForManyMissedDaysOnce() {
        // Given
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        done("shop-verify-2026-11-21", 6);
        // When nobody ticked for nine days
        sent.clock.advance(Duration.ofDays(9));
        VerificationSchedule schedule = schedule();
        for (int i = 0; i < 5; i++) {
            schedule.tick();
        }
        // Then
        assertThat(requested()).containsExactly("shop-verify-2026-11-30 Rotation[part=7, of=7]");
    }

    @Test
    void asksForNothingBeforeThePolicyNorWhereBackupsAreSwitchedOff() {
        // Given
        filled.put(Samples.database("late", CRON, false), NOW);
        filled.put(Samples.database("shop", CRON, false), LONG_AGO);
        // When
        new VerificationSchedule(filled.state, sent.commands, sent.clock, false).tick();
        filled.put(Topics.DATABASES.name(), "shop", null, NOW);
        schedule().tick();
        // Then
        assertThat(requested()).isEmpty();
    }
}
