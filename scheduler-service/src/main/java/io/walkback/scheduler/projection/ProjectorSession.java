package io.walkback.scheduler.projection;

import io.walkback.catalog.projection.DrillHistories;
import io.walkback.catalog.projection.LogProjection;
import io.walkback.catalog.projection.Projected;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.messaging.topic.Routes;
import io.walkback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One membership in the projector's group, with one producer. For one thread. After any exception it is of no use
/// any more: what was sent is not committed, and the folds are ahead of what is.
public final class ProjectorSession implements Session {
    /// Killed here, the whole batch is sent and with the brokers, position included, and not committed (F02).
    static final String NOT_COMMITTED = "projection.not-committed";

    private static final Logger LOG = LoggerFactory.getLogger(ProjectorSession.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration FORGETTING = Duration.ofHours(1);
    /// Tombstones per transaction and partition: a second's work, where a transaction may last ten.
    private static final int FORGOTTEN_AT_ONCE = 1_000;

    private final Consumer<String, Object> consumer;
    private final Producer<String, Object> producer;
    private final Restorer restorer;
    private final String topicId;
    private final Function<DatabaseId, Stream<BackupCatalogEntry>> catalog;
    private final Function<DatabaseId, Optional<DrillHistory>> drills;
    private final Clock clock;
    private final Map<Integer, OperationFold> folds = new HashMap<>();
    private Instant forgetAt = Instant.MIN;

    /// @param consumer of the projector's group, which fails rather than jumps on an offset that is gone
    /// @param producer transactional; initialised here
    /// @param restorer brings partitions to where the group stands
    /// @param topicId  Kafka's id of the log
    /// @param catalog  the view of the catalog
    /// @param drills   the view of past rehearsals
    /// @param clock    says which operations are old enough to be forgotten
    public ProjectorSession(
            Consumer<String, Object> consumer,
            Producer<String, Object> producer,
            Restorer restorer,
            String topicId,
            Function<DatabaseId, Stream<BackupCatalogEntry>> catalog,
            Function<DatabaseId, Optional<DrillHistory>> drills,
            Clock clock) {
        this.consumer = consumer;
        this.producer = producer;
        this.restorer = restorer;
        this.topicId = topicId;
        this.catalog = catalog;
        this.drills = drills;
        this.clock = clock;
        producer.initTransactions();
        consumer.subscribe(List.of(Topics.OPERATION_LOG.name()), new Assignment());
    }

    /// Projects what one poll brings. Now and then, forgets what is old before that.
    @Override
    public void step() {
        Instant now = clock.instant();
        if (now.isAfter(forgetAt) && !folds.isEmpty()) {
            forgetAt = forget(now) ? Instant.MIN : now.plus(FORGETTING);
        }
        ConsumerRecords<String, Object> records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (ConsumerRecord<String, Object> record : records) {
            project(record);
            positions.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
        producer.flush();
        KillPoint.at(NOT_COMMITTED);
        producer.commitTransaction();
    }

    /// Writes a tombstone for each operation that its fold forgets, in its partition of `operations`. The position
    /// goes along although it does not move: it is what fences a member that has lost the partition.
    ///
    /// @return whether there may be more
    private boolean forget(Instant now) {
        boolean more = false;
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        List<ProducerRecord<String, Object>> tombstones = new ArrayList<>();
        for (Map.Entry<Integer, OperationFold> each : folds.entrySet()) {
            int partition = each.getKey();
            List<Operation> forgotten = each.getValue().forget(now, FORGOTTEN_AT_ONCE);
            more |= forgotten.size() == FORGOTTEN_AT_ONCE;
            for (Operation operation : forgotten) {
                ProducerRecord<String, Object> record = Routes.record(operation, partition);
                tombstones.add(new ProducerRecord<>(record.topic(), partition, record.key(), null));
                // What it removed has been out of the repository for a month.
                operation
                        .expired()
                        .forEach(backup -> tombstones.add(new ProducerRecord<>(
                                Topics.BACKUP_CATALOG.name(), partition, operation.database() + "/" + backup, null)));
                positions.computeIfAbsent(
                        new TopicPartition(Topics.OPERATION_LOG.name(), partition),
                        log -> new OffsetAndMetadata(consumer.position(log)));
            }
        }
        if (!tombstones.isEmpty()) {
            producer.beginTransaction();
            tombstones.forEach(tombstone -> {
                Future<RecordMetadata> _ = producer.send(tombstone);
            });
            producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
            producer.commitTransaction();
            LOG.atInfo().addKeyValue("operations", tombstones.size()).log("operations forgotten");
        }
        return more;
    }

    private void project(ConsumerRecord<String, Object> record) {
        OperationFold fold = folds.get(record.partition());
        if (fold == null || !(record.value() instanceof OperationRecord logged)) {
            throw new OperatorActionException(
                    FailureCode.RECORD_UNREADABLE,
                    "offset " + record.offset() + " of partition " + record.partition()
                            + " of operation-log holds something that is no operation record",
                    "Somebody writes to operation-log who must not; see the ACL list.");
        }
        fold.apply(logged, new Epoch(topicId, record.partition(), record.offset()))
                .ifPresent(change -> {
                    send(LogProjection.project(change, fold, catalog), record.partition());
                    DrillHistory known = drills.apply(change.after().database()).orElse(null);
                    DrillHistories.after(change, fold, known).ifPresent(history -> {
                        Future<RecordMetadata> _ = producer.send(Routes.record(history, record.partition()));
                    });
                });
    }

    private void send(Projected projected, int partition) {
        // A send that fails makes the commit fail, so nobody waits for each.
        Future<RecordMetadata> _ = producer.send(Routes.record(projected.operation(), partition));
        for (BackupCatalogEntry backup : projected.backups()) {
            Future<RecordMetadata> _ = producer.send(Routes.record(backup, partition));
        }
        for (Event fact : projected.facts()) {
            Future<RecordMetadata> _ = producer.send(Routes.record(fact));
        }
    }

    @Override
    public void close() {
        // Without commit or abort: the broker aborts what is open when the next producer of this id begins, or after
        // the transaction's timeout.
        producer.close(Duration.ZERO);
        consumer.close(CloseOptions.timeout(CLOSE));
        restorer.close();
    }

    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            restorer.restore(consumer, assigned).forEach((partition, fold) -> {
                folds.put(partition.partition(), fold);
                consumer.seek(partition, fold.position(partition.partition()) + 1);
                LOG.atInfo()
                        .addKeyValue("partition", partition.partition())
                        .addKeyValue("offset", fold.position(partition.partition()) + 1)
                        .log("projecting a partition of the operation log");
            });
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            revoked.forEach(partition -> folds.remove(partition.partition()));
        }
    }
}
