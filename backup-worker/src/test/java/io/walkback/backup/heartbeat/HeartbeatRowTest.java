package io.walkback.backup.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeartbeatRowTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void aPolicyThatWantsNoRowsAsksTheServerNothingAndRpoIsWhatReceptionKnows() {
        // Given
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger connected = new AtomicInteger();
        try (HeartbeatRow row =
                new HeartbeatRow(new DatabaseId("shop"), () -> Duration.ofSeconds(3), () -> new Lsn(1), registry)) {
            // When
            row.start(
                    () -> {
                        connected.incrementAndGet();
                        throw new AssertionError("nobody connects");
                    },
                    () -> asked.incrementAndGet() < 0,
                    Duration.ofMillis(1));
            await().atMost(Duration.ofSeconds(10)).until(() -> asked.get() > 20);
            // Then
            assertThat(connected).hasValue(0);
            assertThat(gauge("walkback.rpo")).isEqualTo(3.0);
            assertThat(gauge("walkback.heartbeat.durable.timestamp")).isNaN();
        }
        assertThat(registry.getMeters()).isEmpty();
    }
}
