package io.walkback.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class MutableClockTest {
    @Test
    void standsStillUntilItIsMovedInEitherDirection() {
        // Given
        MutableClock clock = MutableClock.at("2026-03-08T06:59:00Z");
        Clock newYork = clock.withZone(ZoneId.of("America/New_York"));
        // When
        clock.advance(Duration.ofMinutes(2));
        // Then
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-03-08T07:01:00Z"));
        assertThat(newYork.instant().atZone(newYork.getZone()).getHour()).isEqualTo(3);
        clock.advance(Duration.ofMinutes(-3));
        assertThat(newYork.instant()).isEqualTo(Instant.parse("2026-03-08T06:58:00Z"));
        clock.set(Instant.EPOCH);
        assertThat(clock.millis()).isZero();
    }
}
