package io.walkback.alerting.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.alerting.delivery.DeskHarness.ScriptedSink;
import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.sink.Outcome;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// F49: a resolve overtakes its trigger; flapping. F47: a storm.
class F49ResolveAndFlappingFaultTest {
    private static final String TRIGGER = "TRIGGER restore-failed:shop";
    private static final String RESOLVE = "RESOLVE restore-failed:shop";

    private final DeskHarness desk = new DeskHarness();
    private final ScriptedSink pager = desk.sink("pagerduty", Severity.ERROR);

    @Test
    void aTriggerThatIsStillRetriedIsNeverSentAfterItsResolve() throws Exception {
        // Given a sink that may or may not have heard the trigger
        pager.then(new Outcome.TryLater("no answer", null));
        desk.restoreFails(10);
        desk.passes(Duration.ofMillis(100));
        // When
        desk.restoreCompletes(20);
        desk.passes(Duration.ofMinutes(30));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, RESOLVE);
        assertThat(desk.delivery("restore-failed:shop", "pagerduty").deliveredStatus())
                .isEqualTo(AlertStatus.RESOLVED);
    }

    @Test
    void aCauseThatWentAwayBeforeAnybodyWasToldIsNotTold() throws Exception {
        // Given
        desk.restoreCompletes(20);
        desk.restoreFails(10);
        // When
        desk.passes(Duration.ofMinutes(30));
        // Then
        assertThat(pager.told).isEmpty();
    }

    @Test
    void fastFlappingIsOneTriggerAndOneResolve() throws Exception {
        // When
        for (int version = 0; version < 40; version += 2) {
            desk.restoreFails(version);
            desk.passes(Duration.ofSeconds(2));
            desk.restoreCompletes(version + 1);
            desk.passes(Duration.ofSeconds(2));
        }
        desk.passes(Duration.ofMinutes(1));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, RESOLVE);
    }

    @Test
    void aCauseThatComesBackLaterIsToldAgain() throws Exception {
        // Given
        desk.restoreFails(1);
        desk.passes(Duration.ofMinutes(1));
        desk.restoreCompletes(2);
        desk.passes(Duration.ofMinutes(1));
        // When
        desk.restoreFails(3);
        desk.passes(Duration.ofMinutes(1));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, RESOLVE, TRIGGER);
    }

    @Test // pitfall 76
    void aWorseFailureIsToldAgainAndNoKindOrDatabaseMutesAnother() throws Exception {
        // Given
        ScriptedSink chat = desk.sink("slack", Severity.WARNING);
        desk.happens(Facts.backupFailed(Facts.SHOP, desk.clock().instant(), 10L, false, "down"));
        desk.passes(Duration.ofMinutes(10));
        assertThat(chat.told).containsExactly("TRIGGER backup-failed:shop");
        assertThat(pager.told).isEmpty();
        // When
        desk.happens(Facts.backupFailed(Facts.SHOP, desk.clock().instant(), 20L, true, "down for good"));
        desk.happens(Facts.backupFailed(new DatabaseId("crm"), desk.clock().instant(), 30L, true, "down"));
        desk.restoreFails(40);
        desk.passes(Duration.ofMinutes(10));
        // Then
        assertThat(chat.told.subList(1, chat.told.size()))
                .containsExactlyInAnyOrder("TRIGGER backup-failed:shop", "TRIGGER backup-failed:crm", TRIGGER);
        assertThat(pager.told)
                .containsExactlyInAnyOrder("TRIGGER backup-failed:shop", "TRIGGER backup-failed:crm", TRIGGER);
    }

    @Test
    void aStormOfOneCauseIsOneCall() throws Exception {
        // When
        for (int version = 0; version < 500; version++) {
            desk.backupFails(version);
        }
        desk.passes(Duration.ofMinutes(5));
        // Then
        assertThat(pager.told).containsExactly("TRIGGER backup-failed:shop");
        assertThat(desk.journal.states.getLast().count()).isEqualTo(500);
    }

    @Test
    void fiveHundredCausesAreAllToldWithinFiveMinutesUnderTheRate() throws Exception {
        // Given
        DeskHarness storm = new DeskHarness();
        ScriptedSink limited = storm.sink("pagerduty", Severity.ERROR, new AlertSink.Rate(110, 10));
        // When
        for (int i = 0; i < 500; i++) {
            storm.happens(Facts.backupFailed(new DatabaseId("db-" + i), storm.now, (long) i, true, "down"));
        }
        storm.passes(Duration.ofMinutes(5));
        // Then
        assertThat(limited.told).hasSize(500).doesNotHaveDuplicates();
        for (int i = 0; i + 120 < 500; i++) {
            assertThat(Duration.between(limited.at.get(i), limited.at.get(i + 120)))
                    .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void anAttemptThatIsRepeatedAtOnceIsOneMessageWhenItFailsForGood() throws Exception {
        // Given
        ScriptedSink chat = desk.sink("slack", Severity.WARNING);
        desk.happens(Facts.backupFailed(Facts.SHOP, desk.now, 1L, false, "down"));
        desk.passes(Duration.ofSeconds(20));
        // When
        desk.backupFails(2);
        desk.passes(Duration.ofMinutes(5));
        // Then
        assertThat(chat.told).containsExactly("TRIGGER backup-failed:shop");
        assertThat(pager.told).containsExactly("TRIGGER backup-failed:shop");
    }

    @Test
    void aWarningThatStandsReachesTheChannelWithinTheMinuteAndPagesNobody() throws Exception {
        // Given
        ScriptedSink chat = desk.sink("slack", Severity.WARNING);
        // When
        desk.happens(Facts.backupFailed(Facts.SHOP, desk.now, 1L, false, "down"));
        desk.passes(Duration.ofMinutes(5));
        // Then
        assertThat(pager.told).isEmpty();
        assertThat(chat.told).containsExactly("TRIGGER backup-failed:shop");
        assertThat(chat.at.getFirst()).isBefore(DeskHarness.START.plusSeconds(60));
        // A final failure is worse, so the channel hears of it as well.
        desk.backupFails(2);
        desk.passes(Duration.ofMinutes(5));
        assertThat(chat.told).containsExactly("TRIGGER backup-failed:shop", "TRIGGER backup-failed:shop");
    }
}
