package io.walkback.scheduler.projection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.OperationFold;
import io.walkback.operations.kafka.Snapshot;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Brings partitions of the log to the state that stands behind the group's committed position.
public final class Restorer implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Admin admin;
    private final Consumer<String, Object> reader;
    private final OpenTransactions transactions;

    /// @param admin  asked where topics end whatever is committed; closed here
    /// @param reader of committed records, without a group; closed here
    public Restorer(Admin admin, Consumer<String, Object> reader) {
        this.admin = admin;
        this.reader = reader;
        this.transactions = new OpenTransactions(admin, reader);
    }

    /// One fold per partition, each at the position from which the log goes on.
    ///
    /// @param member the member that was given the partitions
    Map<TopicPartition, OperationFold> restore(Consumer<String, Object> member, Collection<TopicPartition> assigned) {
        if (assigned.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, OffsetAndMetadata> committed = member.committed(new HashSet<>(assigned), ANSWER);
        Map<TopicPartition, Long> beginnings = member.beginningOffsets(assigned, ANSWER);
        transactions.awaitEnd(assigned.stream().map(Restorer::snapshotOf).toList());
        Map<TopicPartition, OperationFold> folds = new HashMap<>();
        for (TopicPartition partition : assigned) {
            OperationFold fold = new OperationFold();
            new Snapshot(reader).restoreInto(fold, List.of(snapshotOf(partition)));
            OffsetAndMetadata position = committed.get(partition);
            if (position != null) {
                // What lies between the last change and the position was void.
                fold.restoredUpTo(partition.partition(), position.offset() - 1);
            }
            requireNoHole(partition, fold, beginnings.getOrDefault(partition, 0L));
            folds.put(partition, fold);
        }
        return folds;
    }

    private static TopicPartition snapshotOf(TopicPartition log) {
        return new TopicPartition(Topics.OPERATIONS.name(), log.partition());
    }

    private static void requireNoHole(TopicPartition partition, OperationFold fold, long begins) {
        long next = fold.position(partition.partition()) + 1;
        if (begins > next) {
            throw new OperatorActionException(
                    FailureCode.LOG_TRUNCATED,
                    "partition " + partition.partition() + " of operation-log begins at offset " + begins
                            + ", it is projected up to offset " + (next - 1),
                    "Records between the two are gone, so nobody can say who holds what. Stop all services and restore"
                            + " the retention of operation-log.");
        }
    }

    @Override
    public void close() {
        reader.close();
        admin.close(Duration.ofSeconds(2));
    }
}
