package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.BackupRequested;
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

class TriggerTest {
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(100));

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final Trigger trigger = new Trigger(filled.state, sent.commands, sent.clock, true);

    @AfterEach
    void close() {
        filled.close();
    }

    private List<String> requested() {
        return sent.messages(BackupRequested.class)
                .map(BackupRequested::requestId)
                .toList();
    }

    @Test
    void asksOnceForWhatIsDueUnderAnIdThatFollowsFromIt() {
        // Given
        filled.put(Samples.database("shop", "0 1 12 * * *", false), LONG_AGO);
        trigger.tick();
        assertThat(requested()).isEmpty();
        // When
        sent.clock.advance(Duration.ofSeconds(61));
        trigger.tick();
        trigger.tick();
        // Then
        assertThat(requested()).containsExactly("shop-20261122T120100Z");
        assertThat(sent.messages(BackupRequested.class)).allSatisfy(request -> {
            assertThat(request.backupId()).isEqualTo(new BackupId(request.requestId()));
            assertThat(request.occurrenceId()).isEqualTo(request.requestId());
            assertThat(request.notAfter()).isEqualTo("2026-11-22T18:01:00Z");
        });
    }

    @Test // F01
    void runsTheLastMissedOccurrenceOnceAfterARestart() {
        // Given
        filled.put(Samples.database("shop", "0 0 * * * *", false), LONG_AGO);
        // When
        sent.clock.advance(Duration.ofMinutes(30));
        new Trigger(filled.state, sent.commands, sent.clock, true).tick();
        trigger.tick();
        // Then
        assertThat(requested()).containsExactly("shop-20261122T120000Z", "shop-20261122T120000Z");
        assertThat(sent.messages(BackupRequested.class)
                        .map(BackupRequested::eventId)
                        .distinct())
                .hasSize(1);
    }

    @Test // F17
    void doesNotAskForWhatIsAnOperationAlready() {
        // Given
        filled.put(Samples.database("shop", "0 0 12 * * *", false), LONG_AGO);
        String id = "shop-20261122T120000Z";
        filled.put(
                Samples.operation(
                        "shop", id, new Command.TakeBackup(new BackupId(id)), new OperationState.Open(null), null),
                NOW);
        // When
        trigger.tick();
        // Then
        assertThat(requested()).isEmpty();
    }

    @Test
    void skipsWhatWasMissedTooLongAgoOrBeforeThePolicyWasWritten() {
        // Given
        filled.put(Samples.database("late", "0 0 5 * * *", false), LONG_AGO);
        filled.put(Samples.database("new", "0 0 11 * * *", false), NOW.minusSeconds(60));
        // When
        trigger.tick();
        // Then
        assertThat(requested()).isEmpty();
    }

    @Test // F45
    void losesAndDoublesNothingWhenTheClockGoesBack() {
        // Given
        filled.put(Samples.database("shop", "0 0 12 * * *", false), LONG_AGO);
        trigger.tick();
        // When
        sent.clock.advance(Duration.ofHours(-1));
        trigger.tick();
        sent.clock.advance(Duration.ofHours(2));
        trigger.tick();
        // Then
        assertThat(requested()).containsExactly("shop-20261122T120000Z");
    }

    @Test
    void followsAChangedPolicy() {
        // Given
        filled.put(Samples.database("shop", "0 0 3 * * *", false), LONG_AGO);
        trigger.tick();
        filled.put(Samples.database("shop", "0 5 12 * * *", false), NOW);
        // When
        sent.clock.advance(Duration.ofMinutes(6));
        trigger.tick();
        // Then
        assertThat(requested()).containsExactly("shop-20261122T120500Z");
    }

    @Test // BACKUP_ENABLED
    void asksForNothingWhenBackupsAreSwitchedOff() {
        // Given
        filled.put(Samples.database("shop", "0 0 12 * * *", false), LONG_AGO);
        // When
        new Trigger(filled.state, sent.commands, sent.clock, false).tick();
        // Then
        assertThat(requested()).isEmpty();
    }
}
