package io.walkback.scheduler.projection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.OperationFold;
import io.walkback.operations.kafka.Snapshot;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Brings partitions of the log to the state that stands behind the group's committed position.
public final class Restorer implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Admin admin;
    private final Consumer<String, Object> reader;

    /// @param admin  asked where topics end whatever is committed; closed here
    /// @param reader of committed records, without a group; closed here
    public Restorer(Admin admin, Consumer<String, Object> reader) {
        this.admin = admin;
        this.reader = reader;
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
        awaitEndOfTransactions(assigned.stream().map(Restorer::snapshotOf).toList());
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

    /// Waits until what was written to these partitions before now is committed or aborted, at most the time that a
    /// transaction may last and some.
    private void awaitEndOfTransactions(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> written = ends(partitions);
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (true) {
            Map<TopicPartition, Long> stable = reader.endOffsets(partitions, ANSWER);
            if (written.entrySet().stream().allMatch(end -> stable.getOrDefault(end.getKey(), 0L) >= end.getValue())) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw away(
                        "a transaction on topic 'operations' is still open after " + ANSWER.toSeconds() + " s", null);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        try {
            Map<TopicPartition, Long> ends = new HashMap<>();
            for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : admin.listOffsets(
                            wanted, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .entrySet()) {
                ends.put(end.getKey(), end.getValue().offset());
            }
            return ends;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw away("interrupted while asking where topic 'operations' ends", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw away("the brokers do not say where topic 'operations' ends", failed);
        }
    }

    private static RetryableException away(String message, @Nullable Exception cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE, message, "See whether the brokers are up; it is tried again.", cause);
    }

    @Override
    public void close() {
        reader.close();
        admin.close(Duration.ofSeconds(2));
    }
}
