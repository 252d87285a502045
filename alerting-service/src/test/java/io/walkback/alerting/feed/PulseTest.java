package io.walkback.alerting.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {
    private long nanos = 1_000;
    private final Pulse pulse = new Pulse(() -> nanos);

    @Test
    void nothingIsToldBeforeTheBacklogIsFoldedOrTwentySecondsHavePassed() {
        assertThat(pulse.mayTell()).isFalse();
        passes(Duration.ofSeconds(19));
        pulse.beat();
        assertThat(pulse.mayTell()).isFalse();
        passes(Duration.ofSeconds(1));
        assertThat(pulse.mayTell()).isTrue();
    }

    @Test
    void anIdleConsumerHasCaughtUp() {
        pulse.idle();
        assertThat(pulse.mayTell()).isTrue();
    }

    @Test
    void aProcessThatWasFrozenTellsNobodyUntilItsConsumerLivesAgain() {
        // Given
        pulse.idle();
        // When
        passes(Duration.ofSeconds(31));
        // Then
        assertThat(pulse.mayTell()).isFalse();
        pulse.beat();
        assertThat(pulse.mayTell()).isTrue();
    }

    private void passes(Duration time) {
        nanos += time.toNanos();
    }
}
