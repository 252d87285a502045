package io.walkback.alerting.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.delivery.DeskHarness.ScriptedSink;
import io.walkback.alerting.sink.Outcome;
import io.walkback.alerting.sink.UnusableSink;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.Severity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// F46: a sink that says later, never, or nothing.
class F46SinkAnswersFaultTest {
    private static final String TRIGGER = "TRIGGER restore-failed:shop";

    private final DeskHarness desk = new DeskHarness();
    private final ScriptedSink chat = desk.sink("slack", Severity.WARNING);
    private final ScriptedSink pager = desk.sink("pagerduty", Severity.ERROR);

    @Test
    void retryAfterIsObeyedForEverythingThatTheSinkIsToBeTold() throws Exception {
        // Given
        chat.then(new Outcome.TryLater("429", Duration.ofSeconds(90)));
        desk.restoreFails(10);
        desk.passes(Duration.ofSeconds(1));
        // When
        desk.backupFails(11);
        desk.passes(Duration.ofMinutes(10));
        // Then
        assertThat(chat.told).containsExactly(TRIGGER, TRIGGER, "TRIGGER backup-failed:shop");
        assertThat(chat.at.get(1)).isAfterOrEqualTo(chat.at.getFirst().plusSeconds(90));
        assertThat(chat.at.get(2)).isAfterOrEqualTo(chat.at.getFirst().plusSeconds(90));
    }

    @Test
    void pausesGrowFromOneSecondToFiveMinutesAndEndAfterADay() throws Exception {
        // Given
        for (int i = 0; i < 1_000; i++) {
            chat.then(new Outcome.TryLater("500", null));
        }
        desk.restoreFails(10);
        // When
        desk.passes(Duration.ofHours(25));
        // Then
        assertThat(Duration.between(chat.at.get(0), chat.at.get(1)))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        for (int i = 15; i + 1 < chat.at.size(); i++) {
            assertThat(Duration.between(chat.at.get(i), chat.at.get(i + 1)))
                    .isBetween(Duration.ofSeconds(149), Duration.ofSeconds(302));
        }
        assertThat(Duration.between(chat.at.getFirst(), chat.at.getLast()))
                .isBetween(Duration.ofHours(23), Duration.ofHours(24).plusMinutes(6));
        // It is shown, and the other sink tells of it.
        AlertDelivery givenUp = desk.delivery("restore-failed:shop", "slack");
        assertThat(givenUp.lastError()).contains("given up");
        assertThat(givenUp.nextAttemptAt()).isNull();
        assertThat(pager.told).containsExactly(TRIGGER, "TRIGGER sink-broken:slack");
    }

    @Test
    void aConfigurationErrorDisablesTheSinkAndTheOtherTellsWithinTheMinute() throws Exception {
        // Given
        chat.then(new Outcome.Broken("slack answered 404 'no_service'"));
        // When
        desk.restoreFails(10);
        desk.passes(Duration.ofSeconds(59));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, "TRIGGER sink-broken:slack");
        desk.backupFails(11);
        desk.passes(Duration.ofHours(30));
        assertThat(chat.told).containsExactly(TRIGGER);
        assertThat(desk.reconcilers.getFirst().broken()).contains("no_service");
    }

    @Test
    void afterAMendedSettingAndARestartTheAlertIsDeliveredAndTheSinkIsWellAgain() throws Exception {
        // Given
        chat.then(new Outcome.Broken("slack answered 403 'action_prohibited'"));
        desk.restoreFails(10);
        desk.passes(Duration.ofMinutes(5));
        // When
        desk.restart(chat, pager);
        desk.passes(Duration.ofMinutes(5));
        // Then
        assertThat(chat.told).containsExactly(TRIGGER, TRIGGER);
        assertThat(pager.told).containsExactly(TRIGGER, "TRIGGER sink-broken:slack", "RESOLVE sink-broken:slack");
    }

    @Test
    void aRefusedMessageIsNotRepeatedAndDoesNotSilenceTheSink() throws Exception {
        // Given
        chat.then(new Outcome.Refused("slack answered 400 'invalid_payload'"));
        desk.restoreFails(10);
        desk.passes(Duration.ofHours(1));
        // When
        desk.backupFails(11);
        desk.passes(Duration.ofHours(1));
        // Then
        assertThat(chat.told).containsExactly(TRIGGER, "TRIGGER backup-failed:shop");
        assertThat(pager.told).contains("TRIGGER sink-broken:slack");
    }

    @Test
    void aSettingThatCannotBeUsedIsToldByTheOtherSinkAtOnce() throws Exception {
        // Given
        DeskHarness other = new DeskHarness();
        ScriptedSink well = other.sink("pagerduty", Severity.ERROR);
        // When
        other.restart(new UnusableSink("slack", Severity.WARNING, "SLACK_WEBHOOK_URL is not an address"), well);
        other.passes(Duration.ofSeconds(30));
        // Then
        assertThat(well.told).containsExactly("TRIGGER sink-broken:slack");
        assertThat(other.reconcilers.getFirst().broken()).contains("SLACK_WEBHOOK_URL");
    }
}
