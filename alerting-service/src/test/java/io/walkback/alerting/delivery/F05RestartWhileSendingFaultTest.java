package io.walkback.alerting.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.alerting.delivery.DeskHarness.ScriptedSink;
import io.walkback.alerting.sink.Outcome;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.Severity;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// F05: the process dies at each point of a delivery.
class F05RestartWhileSendingFaultTest {
    private static final String TRIGGER = "TRIGGER restore-failed:shop";
    private static final String RESOLVE = "RESOLVE restore-failed:shop";

    private final DeskHarness desk = new DeskHarness();
    private final ScriptedSink pager = desk.sink("pagerduty", Severity.ERROR);

    @Test
    void whatWasDeliveredIsNotRepeatedAfterARestart() throws Exception {
        // Given
        desk.restoreFails(10);
        desk.passes(Duration.ofMinutes(1));
        // When
        desk.restart(pager);
        desk.restoreFails(10);
        desk.passes(Duration.ofHours(1));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER);
    }

    @Test
    void deathBetweenTheCallAndItsRecordRepeatsTheCallOnceUnderTheSameKey() throws Exception {
        // Given
        dieAfterTheCall();
        // When
        desk.restart(pager);
        desk.passes(Duration.ofHours(1));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, TRIGGER);
    }

    @Test
    void aTriggerThatMayHaveArrivedIsResolvedWhenItsCauseEndedMeanwhile() throws Exception {
        // Given
        dieAfterTheCall();
        // When
        desk.restart(pager);
        desk.restoreCompletes(20);
        desk.passes(Duration.ofHours(1));
        // Then
        assertThat(pager.told).containsExactly(TRIGGER, RESOLVE);
    }

    @Test
    void nothingIsSentThatCouldNotBeAnnounced() throws Exception {
        // Given
        desk.restoreFails(10);
        desk.journal.away = true;
        // When
        assertThatThrownBy(() -> desk.passes(Duration.ofSeconds(1))).isInstanceOf(RetryableException.class);
        // Then
        assertThat(pager.told).isEmpty();
        desk.journal.away = false;
        desk.passes(Duration.ofSeconds(1));
        assertThat(pager.told).containsExactly(TRIGGER);
    }

    private void dieAfterTheCall() {
        pager.script.add(_ -> {
            desk.journal.away = true;
            return new Outcome.Accepted();
        });
        desk.restoreFails(10);
        assertThatThrownBy(() -> desk.passes(Duration.ofSeconds(1))).isInstanceOf(RetryableException.class);
        desk.journal.away = false;
    }
}
