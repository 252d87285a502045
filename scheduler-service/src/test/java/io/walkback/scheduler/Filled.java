package io.walkback.scheduler;

import io.walkback.catalog.view.StateFollower;
import io.walkback.messaging.topic.Routes;
import io.walkback.scheduler.state.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// Views that a test fills record by record, through a real follower of topics in memory.
public final class Filled implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    public final State state = State.empty();
    public final StateFollower follower;
    private final MockConsumer<String, Object> consumer = new MockConsumer<>("earliest");
    private final Map<String, Long> ends = new HashMap<>();

    public Filled() {
        state.byTopic().keySet().forEach(topic -> {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.updatePartitions(
                    topic, List.of(new PartitionInfo(topic, 0, Node.noNode(), new Node[0], new Node[0])));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.updateEndOffsets(Map.of(partition, 0L));
        });
        follower = new StateFollower(() -> consumer, state.byTopic(), fault -> {
            throw new AssertionError(fault);
        });
        follower.start();
        caughtUp();
    }

    /// Puts a record into its topic and waits until it is seen.
    public Filled put(Object message, Instant writtenAt) {
        ProducerRecord<String, Object> record = Routes.record(message);
        return put(record.topic(), record.key(), record.value(), writtenAt);
    }

    public Filled put(String topic, String key, @Nullable Object value, Instant writtenAt) {
        long offset = ends.merge(topic, 1L, Long::sum) - 1;
        CountDownLatch added = new CountDownLatch(1);
        consumer.schedulePollTask(() -> {
            consumer.updateEndOffsets(Map.of(new TopicPartition(topic, 0), offset + 1));
            consumer.addRecord(new ConsumerRecord<>(
                    topic,
                    0,
                    offset,
                    writtenAt.toEpochMilli(),
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    key,
                    value,
                    new RecordHeaders(),
                    Optional.empty()));
            added.countDown();
        });
        try {
            // The record is polled by the very call that runs the task, and is in the view before the answer.
            if (!added.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || !follower.catchUp(PATIENCE)) {
                throw new AssertionError(topic + " not read within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    private void caughtUp() {
        try {
            if (!follower.awaitCaughtUp(PATIENCE)) {
                throw new AssertionError("views not filled within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        follower.close();
    }
}
