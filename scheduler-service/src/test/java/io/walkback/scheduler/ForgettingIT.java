package io.walkback.scheduler;

import static io.walkback.scheduler.TestPlatform.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.embedded.ChildProcess;
import io.walkback.operations.kafka.Snapshot;
import io.walkback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgettingIT {
    @TempDir
    Path directory;

    private TestPlatform platform;

    @BeforeEach
    void start() {
        platform = new TestPlatform(directory);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    private void ended(String id, Instant at) throws Exception {
        OperationRecord record = new OperationRecord.Rejected(
                Samples.SHOP, new OperationId(id), OperationKind.RESTORE, "test", Samples.BROKEN, at);
        platform.producer
                .send(new ProducerRecord<>(Topics.OPERATION_LOG.name(), Samples.SHOP.value(), record))
                .get();
    }

    @Test
    void writesATombstoneForWhatHasBeenOverForLongAndAReaderOfTheSnapshotDropsIt() throws Exception {
        // Given
        ChildProcess first = platform.service("first", Map.of());
        await().atMost(PATIENCE).until(() -> platform.logs("first", "Started SchedulerApplication"));
        Instant now = Instant.now();
        ended("old", now.minus(OperationFold.KEPT).minus(Duration.ofDays(2)));
        ended("young", now.minus(OperationFold.KEPT).plus(Duration.ofDays(1)));
        ended("last", now.minus(OperationFold.KEPT).minus(Duration.ofDays(2)));
        await().atMost(PATIENCE)
                .until(() -> platform.read(Topics.OPERATIONS.name(), Operation.class, _ -> true)
                                .size()
                        == 3);
        // When a service starts, which looks for what is old at once
        first.kill();
        platform.service("second", Map.of());
        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(platform.read(Topics.OPERATIONS.name()).stream()
                        .filter(record -> record.value() == null)
                        .map(ConsumerRecord::key))
                .containsExactly("shop/old"));
        OperationFold fold = new OperationFold();
        try (Consumer<String, Object> reader = platform.clients.reader("snapshot")) {
            new Snapshot(reader).restoreInto(fold);
        }
        assertThat(fold.all())
                .extracting(operation -> operation.id().value())
                .containsExactlyInAnyOrder("young", "last");
    }
}
