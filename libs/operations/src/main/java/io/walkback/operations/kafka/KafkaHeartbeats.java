package io.walkback.operations.kafka;

import io.walkback.domain.operation.Heartbeat;
import io.walkback.operations.HeartbeatChannel;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Heartbeats on `operation-heartbeats`. The producer is the caller's, the consumer is closed with this.
public final class KafkaHeartbeats implements HeartbeatChannel {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaHeartbeats.class);

    private final Producer<String, Object> producer;
    private final Consumer<String, Object> consumer;
    private final List<TopicPartition> partitions = KafkaLogReader.partitions(Topics.OPERATION_HEARTBEATS.name());
    private Map<TopicPartition, Long> endsBefore = Map.of();
    private boolean placed;

    public KafkaHeartbeats(Producer<String, Object> producer, Consumer<String, Object> consumer) {
        this.producer = producer;
        this.consumer = consumer;
    }

    @Override
    public CompletableFuture<Void> send(Heartbeat heartbeat) {
        return Sending.send(
                producer,
                new ProducerRecord<>(
                        Topics.OPERATION_HEARTBEATS.name(), heartbeat.database().value(), heartbeat));
    }

    @Override
    public List<Heartbeat> poll(Duration timeout) {
        if (!placed) {
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            placed = true;
        }
        List<Heartbeat> heartbeats = new ArrayList<>();
        try {
            for (ConsumerRecord<String, Object> record : consumer.poll(timeout)) {
                if (record.value() instanceof Heartbeat heartbeat) {
                    heartbeats.add(heartbeat);
                }
            }
        } catch (RecordDeserializationException unreadable) {
            // No truth is in a heartbeat: one that cannot be read is a lost one.
            consumer.seek(unreadable.topicPartition(), unreadable.offset() + 1);
            LOG.atWarn()
                    .setCause(unreadable)
                    .addKeyValue("offset", unreadable.offset())
                    .log("heartbeat not readable");
        }
        return heartbeats;
    }

    /// Compares with the ends of the look before: in a large fleet heartbeats never stop coming, and one that came
    /// a moment ago is no sign of falling behind.
    @Override
    public boolean listening(Duration timeout) {
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
            boolean readAll = !endsBefore.isEmpty();
            for (TopicPartition partition : partitions) {
                readAll &= consumer.position(partition, timeout) >= endsBefore.getOrDefault(partition, 0L);
            }
            endsBefore = ends;
            return readAll;
        } catch (TimeoutException away) {
            LOG.atDebug().setCause(away).log("brokers do not say where the heartbeats end");
            endsBefore = Map.of();
            return false;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
