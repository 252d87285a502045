package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.event.IdempotencyRecord;
import io.walkback.domain.operation.OperationId;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyExpiryTest {
    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);

    private final KeyExpiry expiry = new KeyExpiry(filled.state, sent.commands, sent.clock);

    @AfterEach
    void close() {
        filled.close();
        sent.commands.close();
    }

    private void key(String key, Instant expiresAt) {
        filled.put(
                new IdempotencyRecord(
                        Samples.header(SHOP, null), key, "digest", new OperationId("o1"), 202, null, expiresAt),
                NOW);
    }

    @Test
    void removesKeysThatEndedADayAgoAndNoOthers() {
        // Given
        key("old", NOW.minus(Duration.ofDays(1)).minusSeconds(1));
        key("over", NOW.minusSeconds(1));
        key("young", NOW.plusSeconds(1));
        // When
        expiry.tick();
        // Then
        assertThat(sent.committed().filter(record -> record.topic().equals("idempotency")))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.key()).isEqualTo("shop/old");
                    assertThat(record.value()).isNull();
                });
    }

    @Test
    void looksOnceAnHourAndTakesALargeNumberInBatches() {
        // Given
        for (int i = 0; i < 501; i++) {
            key("k" + i, NOW.minus(Duration.ofDays(9)));
        }
        // When
        expiry.tick();
        assertThat(removed()).isEqualTo(500);
        sent.committed()
                .filter(record -> record.topic().equals("idempotency"))
                .map(ProducerRecord::key)
                .toList()
                .forEach(key -> filled.put("idempotency", key, null, NOW));
        expiry.tick();
        assertThat(removed()).isEqualTo(501);
        expiry.tick();
        sent.clock.advance(Duration.ofMinutes(59));
        expiry.tick();
        assertThat(removed()).isEqualTo(501);
        sent.clock.advance(Duration.ofMinutes(1));
        expiry.tick();
        // Then: the view still has the last one, as nobody told it otherwise
        assertThat(removed()).isEqualTo(502);
    }

    private long removed() {
        return sent.committed()
                .filter(record -> record.topic().equals("idempotency"))
                .count();
    }
}
