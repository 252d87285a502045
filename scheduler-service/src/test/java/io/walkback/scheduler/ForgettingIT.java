package io.walkback.scheduler;

import static io.walkback.scheduler.TestPlatform.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalIndexChunk;
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
        platform.send(WalSamples.archived("shop", 5, now, now));
        platform.send(WalSamples.gap("shop", 6, 8, now));
        await().atMost(PATIENCE).until(() -> chunks() == 1 && gaps() == 1);
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
        // And: what is known of the wal outlives the service that kept it
        platform.send(WalSamples.archived("shop", 8, now, now));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(platform.read(Topics.WAL_INDEX.name(), WalIndexChunk.class, _ -> true))
                        .last()
                        .satisfies(chunk -> assertThat(chunk.segments().has(5)
                                        && chunk.segments().has(8)
                                        && !chunk.segments().has(6))
                                .isTrue()));
        assertThat(gaps()).isOne();
    }

    private int chunks() {
        return platform.read(Topics.WAL_INDEX.name(), WalIndexChunk.class, _ -> true)
                .size();
    }

    /// Holes of the newest window.
    private int gaps() {
        return platform.read(Topics.RECOVERABILITY.name(), Recoverability.class, _ -> true).stream()
                .reduce((_, later) -> later)
                .map(Recoverability::openGaps)
                .orElse(0);
    }
}
