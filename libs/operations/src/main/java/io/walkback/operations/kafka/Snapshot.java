package io.walkback.operations.kafka;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads partitions of the `operations` topic to their ends and puts them into a fold.
public final class Snapshot {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<String, Object> consumer;

    /// @param consumer assigned anew by this reader
    public Snapshot(Consumer<String, Object> consumer) {
        this.consumer = consumer;
    }

    /// Restores every partition.
    public void restoreInto(OperationFold fold) {
        restoreInto(fold, KafkaLogReader.partitions(Topics.OPERATIONS.name()));
    }

    /// Restores `partitions` of the `operations` topic.
    public void restoreInto(OperationFold fold, Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<TopicPartition> unread = unread(partitions, ends);
        while (!unread.isEmpty()) {
            for (ConsumerRecord<String, Object> record : consumer.poll(POLL)) {
                restore(fold, record);
            }
            unread = unread(unread, ends);
        }
    }

    private List<TopicPartition> unread(Collection<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
        return partitions.stream()
                .filter(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))
                .toList();
    }

    private static void drop(OperationFold fold, String key) {
        // A name of a database has no slash.
        int slash = key.indexOf('/');
        fold.drop(new DatabaseId(key.substring(0, slash)), new OperationId(key.substring(slash + 1)));
    }

    private static void restore(OperationFold fold, ConsumerRecord<String, Object> record) {
        switch (record.value()) {
            case Operation operation -> {
                fold.restore(operation);
                fold.restoredUpTo(record.partition(), operation.stateVersion());
            }
            // A tombstone: an operation that the projector forgot, see OperationFold#forget.
            case null -> drop(fold, record.key());
            default ->
                throw new OperatorActionException(
                        FailureCode.RECORD_UNREADABLE,
                        "offset " + record.offset() + " of partition " + record.partition()
                                + " of operations holds something that is no operation",
                        "Only the scheduler-service may write to operations; see the ACL list.");
        }
    }
}
