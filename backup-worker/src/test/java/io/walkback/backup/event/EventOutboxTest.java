package io.walkback.backup.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EventOutboxTest {
    private static final Serializer<Object> NOTHING = (_, _) -> new byte[0];
    private static final DatabaseId SHOP = new DatabaseId("shop");

    private final MockProducer<String, Object> producer =
            new MockProducer<>(false, null, new StringSerializer(), NOTHING);

    private static Event event(String id) {
        return new RepositoryFinding(
                EventIds.header("repository-finding", SHOP, id, Instant.EPOCH),
                id,
                Severity.ERROR,
                new Problem(FailureCode.OBJECT_CORRUPT, "m", "H."),
                "o",
                List.of());
    }

    private void answer(boolean well) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> well ? producer.completeNext() : producer.errorNext(new TimeoutException("away")));
    }

    @Test // F09
    void whatTheBrokersDoNotTakeIsOfferedAgainAndTheOrderStays() {
        try (EventOutbox outbox = new EventOutbox(producer)) {
            // When
            outbox.tell(event("a"));
            outbox.tell(event("b"));
            answer(false);
            answer(true);
            answer(true);
            // Then
            assertThat(producer.history())
                    .extracting(ProducerRecord::value)
                    .extracting(value -> ((RepositoryFinding) value).findingId())
                    .containsExactly("a", "a", "b");
            assertThat(producer.history()).allSatisfy(record -> {
                assertThat(record.topic()).isEqualTo("repository-finding");
                assertThat(record.key()).isEqualTo("shop");
            });
            assertThat(outbox.dropped()).isZero();
        }
    }

    @Test
    void whatDoesNotFitIsCountedAndNobodyWaits() {
        try (EventOutbox outbox = new EventOutbox(producer, 2)) {
            // When
            for (int i = 0; i < 10; i++) {
                outbox.tell(event("e" + i));
            }
            // Then
            assertThat(outbox.dropped()).isBetween(7L, 8L);
            assertThat(outbox.waiting()).isLessThanOrEqualTo(2);
        }
    }

    @Test // P8
    void aRepetitionCarriesTheSameId() {
        assertThat(event("a").eventId())
                .isEqualTo(event("a").eventId())
                .isNotEqualTo(event("b").eventId());
    }
}
