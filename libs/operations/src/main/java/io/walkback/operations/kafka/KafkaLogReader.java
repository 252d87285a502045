package io.walkback.operations.kafka;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.LogReader;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads `operation-log`, all partitions, without a consumer group: every reader sees everything.
///
/// The consumer must read committed records only, must not commit, and must fail on an offset that is gone rather
/// than jump. One record in memory more than a poll brings, whatever the length of the log.
public final class KafkaLogReader implements LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLogReader.class);

    private final Consumer<String, Object> consumer;
    private final LogPlaces places;
    private final List<TopicPartition> log;

    /// @param consumer of string keys and domain values; closed with this reader
    /// @param places what the brokers say about the log
    public KafkaLogReader(Consumer<String, Object> consumer, LogPlaces places) {
        this.consumer = consumer;
        this.places = places;
        this.log = partitions(Topics.OPERATION_LOG.name());
    }

    static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < Topics.DATABASE_PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        return List.copyOf(partitions);
    }

    @Override
    public void begin(OperationFold fold) {
        // The committed position is asked before the snapshot is read: the snapshot can only be newer.
        Map<Integer, Long> projected = places.projected();
        new Snapshot(consumer).restoreInto(fold);
        consumer.assign(log);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(log);
        for (TopicPartition partition : log) {
            long begins = beginnings.getOrDefault(partition, 0L);
            long next = fold.position(partition.partition()) + 1;
            long known = Math.max(next, projected.getOrDefault(partition.partition(), 0L));
            if (begins > known) {
                throw new OperatorActionException(
                        FailureCode.LOG_TRUNCATED,
                        "partition " + partition.partition() + " of operation-log begins at offset " + begins
                                + ", the operations topic stands for it up to offset " + (known - 1),
                        "Records between the two are gone, so nobody can say who holds what. Stop all services, see"
                                + " LOG_TRUNCATED in docs/runbooks/failures-platform.md.");
            }
            consumer.seek(partition, Math.max(begins, next));
        }
    }

    @Override
    public List<Logged> poll(Duration timeout) {
        List<Logged> records = new ArrayList<>();
        try {
            for (ConsumerRecord<String, Object> each : consumer.poll(timeout)) {
                records.add(logged(each));
            }
        } catch (RecordDeserializationException unreadable) {
            if (!(unreadable.getCause() instanceof RetryableException)) {
                throw unreadable;
            }
            // The position stays before the record, so the next poll tries it again.
            LOG.atWarn()
                    .setCause(unreadable)
                    .addKeyValue("partition", unreadable.topicPartition().partition())
                    .addKeyValue("offset", unreadable.offset())
                    .log("record of the operation log cannot be read yet");
        }
        return records;
    }

    private Logged logged(ConsumerRecord<String, Object> record) {
        if (record.value() instanceof OperationRecord value) {
            return new Logged(value, new Epoch(places.topicId(), record.partition(), record.offset()));
        }
        throw new OperatorActionException(
                FailureCode.RECORD_UNREADABLE,
                "offset " + record.offset() + " of partition " + record.partition()
                        + " of operation-log holds something that is no operation record",
                "Somebody writes to operation-log who must not; see RECORD_UNREADABLE in"
                        + " docs/runbooks/failures-platform.md.");
    }

    @Override
    public boolean caughtUp() {
        return log.stream().allMatch(partition -> {
            OptionalLong lag = consumer.currentLag(partition);
            return lag.isPresent() && lag.getAsLong() == 0;
        });
    }

    @Override
    public void close() {
        consumer.close();
    }
}
