package io.walkback.messaging.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.serde.Samples;
import io.walkback.messaging.topic.Routes;
import io.walkback.messaging.topic.TopicAdmin;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

/// F16: a record larger than its topic accepts is refused at the producer, with name and size.
class F16OversizeRecordFaultIT {
    private final KafkaClients clients = RealKafka.clients(RealKafka.state());

    @Test
    void itIsRefusedBeforeItIsSentAndTheProducerGoesOn() throws Exception {
        // Given
        try (Admin admin = clients.admin("f16")) {
            new TopicAdmin(admin, true).ensure();
        }
        try (Producer<String, Object> producer = clients.producer("f16")) {
            // When
            assertThatThrownBy(() -> producer.send(
                            Routes.record(Samples.request("large", 1, Map.of("essay", "x".repeat(1 << 20))))))
                    // Then
                    .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                            .isEqualTo(FailureCode.RECORD_TOO_LARGE))
                    .hasMessageMatching(
                            "BackupRequested for topic 'backup-requested' has 10\\d{5} bytes, more than 1032192");
            String almost = "x".repeat(1_032_192 - 1_000);
            assertThat(producer.send(Routes.record(Samples.request("large", 2, Map.of("essay", almost))))
                            .get(60, TimeUnit.SECONDS)
                            .topic())
                    .isEqualTo("backup-requested");
        }
    }
}
