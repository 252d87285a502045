package io.walkback.scheduler.projection;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.window.WindowFold;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads back what the group has written of partitions.
final class WindowRestorer implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Admin admin;
    private final Consumer<String, Object> reader;

    /// @param admin  closed here
    /// @param reader of committed records, without a group; closed here
    WindowRestorer(Admin admin, Consumer<String, Object> reader) {
        this.admin = admin;
        this.reader = reader;
    }

    /// One fold per number of a partition, as of the group's committed positions.
    ///
    /// @param member the member that was given the partitions
    Map<Integer, WindowFold> restore(Consumer<String, Object> member, Collection<TopicPartition> assigned) {
        Map<Integer, WindowFold> folds = new HashMap<>();
        assigned.forEach(partition -> folds.put(partition.partition(), new WindowFold()));
        if (folds.isEmpty()) {
            return folds;
        }
        // The broker answers when no transaction on a position is open; its records may take a moment longer.
        member.committed(new HashSet<>(assigned), ANSWER);
        List<TopicPartition> state = folds.keySet().stream()
                .<TopicPartition>mapMulti((number, each) -> {
                    each.accept(new TopicPartition(Topics.WAL_INDEX.name(), number));
                    each.accept(new TopicPartition(Topics.RECOVERABILITY.name(), number));
                })
                .toList();
        new OpenTransactions(admin, reader).awaitEnd(state);
        reader.assign(state);
        reader.seekToBeginning(state);
        Map<TopicPartition, Long> ends = reader.endOffsets(state, ANSWER);
        Map<Integer, TreeMap<String, Object>> newest = new HashMap<>();
        while (state.stream()
                .anyMatch(partition -> reader.position(partition, ANSWER) < ends.getOrDefault(partition, 0L))) {
            for (ConsumerRecord<String, Object> record : reader.poll(POLL)) {
                TreeMap<String, Object> known = newest.computeIfAbsent(record.partition(), _ -> new TreeMap<>());
                if (record.value() == null) {
                    known.remove(record.topic() + " " + record.key());
                } else {
                    known.put(record.topic() + " " + record.key(), record.value());
                }
            }
        }
        folds.forEach((number, fold) ->
                newest.getOrDefault(number, new TreeMap<>()).values().forEach(value -> put(fold, value)));
        return folds;
    }

    private static void put(WindowFold fold, Object value) {
        switch (value) {
            case WalIndexChunk chunk -> fold.restore(chunk);
            case Recoverability window -> fold.restore(window);
            default ->
                throw new OperatorActionException(
                        FailureCode.RECORD_UNREADABLE,
                        "wal-index or recoverability holds a "
                                + value.getClass().getSimpleName(),
                        "Only the scheduler-service may write to them; see the ACL list.");
        }
    }

    @Override
    public void close() {
        reader.close();
        admin.close(Duration.ofSeconds(2));
    }
}
