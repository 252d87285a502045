package io.walkback.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.event.ConsumerFailedToStartEvent;
import org.springframework.kafka.event.ConsumerStoppedEvent;

class ExitWithListenerTest {
    private final GenericApplicationContext context = new GenericApplicationContext();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final ExitWithListener exit = new ExitWithListener(context, status::complete);

    @Test
    void aListenerThatStopsOnItsOwnEndsTheProcessWithAStatusOtherThanZero() throws Exception {
        // Given
        context.refresh();
        // When
        exit.onStopped(new ConsumerStoppedEvent(this, this, ConsumerStoppedEvent.Reason.ERROR));
        // Then
        assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(70);
        assertThat(context.isActive()).isFalse();
    }

    @Test
    void aListenerThatCannotStartEndsTheProcessToo() throws Exception {
        // Given
        context.refresh();
        // When
        exit.onFailedToStart(new ConsumerFailedToStartEvent(this, this));
        // Then
        assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(70);
    }

    @Test
    void aListenerThatIsToldToStopEndsNothing() {
        // Given
        context.refresh();
        // When
        exit.onStopped(new ConsumerStoppedEvent(this, this, ConsumerStoppedEvent.Reason.NORMAL));
        // Then
        assertThat(status).isNotDone();
        assertThat(context.isActive()).isTrue();
        context.close();
    }
}
