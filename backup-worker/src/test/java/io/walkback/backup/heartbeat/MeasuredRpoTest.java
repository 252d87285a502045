package io.walkback.backup.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import io.walkback.postgres.heartbeat.HeartbeatTable.Beat;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// RPO as rows measure it.
class MeasuredRpoTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration TEN = Duration.ofSeconds(10);

    private final MeasuredRpo measured = new MeasuredRpo();
    /// Overflows within the test, as the real one may.
    private long nanos = Long.MAX_VALUE - 1;

    private void write(int number, long end) {
        measured.written(new Beat(NOON.plusSeconds(10L * number), new Lsn(end)), nanos);
        nanos += TEN.toNanos();
    }

    @Test
    void theOldestRowThatIsNotDurableIsWhatWouldBeLost() {
        // Given
        assertThat(measured.missing(nanos)).isZero();
        write(0, 1_000);
        write(1, 2_000);
        write(2, 3_000);
        assertThat(measured.missing(nanos)).isEqualTo(Duration.ofSeconds(30));
        assertThat(measured.newestDurable()).isNull();
        // When
        measured.durable(new Lsn(2_500));
        // Then
        assertThat(measured.missing(nanos)).isEqualTo(TEN);
        assertThat(measured.newestDurable()).isEqualTo(NOON.plusSeconds(10));
        // When
        measured.durable(new Lsn(3_000));
        // Then
        assertThat(measured.missing(nanos)).isZero();
        assertThat(measured.newestDurable()).isEqualTo(NOON.plusSeconds(20));
    }

    @Test // F34
    void rowsOfAServerThatWasReplacedDoNotWaitForEver() {
        write(0, 9_000);
        write(1, 9_500);
        // When
        write(2, 8_000);
        measured.durable(new Lsn(8_000));
        // Then
        assertThat(measured.missing(nanos)).isZero();
        assertThat(measured.newestDurable()).isEqualTo(NOON.plusSeconds(20));
    }

    @Test
    void aDayWithoutAnythingDurableKeepsTheAgeOfTheOldestInBoundedMemory() {
        for (int i = 0; i < 8_640; i++) {
            write(i, 1_000L + i);
        }
        assertThat(measured.missing(nanos)).isEqualTo(Duration.ofDays(1));
        measured.durable(new Lsn(1_000L + MeasuredRpo.MOST - 2));
        assertThat(measured.missing(nanos)).as("the newest alone").isEqualTo(TEN);
    }
}
