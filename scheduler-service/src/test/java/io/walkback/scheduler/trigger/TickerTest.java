package io.walkback.scheduler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

    @Test
    void triesAgainWhatCanBeTriedAgain() {
        // Given
        AtomicInteger ticks = new AtomicInteger();
        Runnable failing = () -> {
            ticks.incrementAndGet();
            throw new RetryableException(FailureCode.BROKER_UNAVAILABLE, "injected", "Wait.");
        };
        // When
        try (Ticker ticker = new Ticker(List.of(failing, ticks::incrementAndGet), fatal::set)) {
            ticker.start();
            // Then
            await().atMost(PATIENCE).until(() -> ticks.get() >= 4);
        }
        assertThat(fatal.get()).isNull();
    }

    @Test
    void doesNotDieQuietly() {
        // Given
        Runnable broken = () -> {
            throw new IllegalStateException("injected");
        };
        // When
        try (Ticker ticker = new Ticker(List.of(broken), fatal::set)) {
            ticker.start();
            // Then
            await().atMost(PATIENCE).until(() -> fatal.get() != null);
        }
        assertThat(fatal.get()).hasMessage("injected");
    }
}
