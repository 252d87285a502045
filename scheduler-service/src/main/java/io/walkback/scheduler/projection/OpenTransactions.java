package io.walkback.scheduler.projection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.time.Duration;
import java.util.HashMap;
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
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What others have written to state topics and not yet committed.
///
/// @param admin  asked where topics end whatever is committed
/// @param reader asked where they end for readers of committed records
record OpenTransactions(Admin admin, Consumer<String, Object> reader) {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /// Waits until what was written to these partitions before now is committed or aborted, at most the time that a
    /// transaction may last and some.
    void awaitEnd(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> written = ends(partitions);
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (true) {
            Map<TopicPartition, Long> stable = reader.endOffsets(partitions, ANSWER);
            if (written.entrySet().stream().allMatch(end -> stable.getOrDefault(end.getKey(), 0L) >= end.getValue())) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw away(
                        "a transaction on " + partitions + " is still open after " + ANSWER.toSeconds() + " s", null);
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
            throw away("interrupted while asking where state topics end", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw away("the brokers do not say where state topics end", failed);
        }
    }

    private static RetryableException away(String message, @Nullable Exception cause) {
        return new RetryableException(
                FailureCode.BROKER_UNAVAILABLE, message, "See whether the brokers are up; it is tried again.", cause);
    }
}
