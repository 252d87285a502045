package io.walkback.scheduler.projection;

import io.walkback.catalog.projection.LogProjection;
import io.walkback.catalog.projection.Projected;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.messaging.topic.Routes;
import io.walkback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One membership in the projector's group, with one producer. For one thread. After any exception it is of no use
/// any more: what was sent is not committed, and the folds are ahead of what is.
public final class ProjectorSession implements AutoCloseable {
    /// Killed here, the whole batch is sent and with the brokers, position included, and not committed (F02).
    static final String NOT_COMMITTED = "projection.not-committed";

    private static final Logger LOG = LoggerFactory.getLogger(ProjectorSession.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Consumer<String, Object> consumer;
    private final Producer<String, Object> producer;
    private final Restorer restorer;
    private final String topicId;
    private final Map<Integer, OperationFold> folds = new HashMap<>();

    /// @param consumer of the projector's group, which fails rather than jumps on an offset that is gone
    /// @param producer transactional; initialised here
    /// @param restorer brings partitions to where the group stands
    /// @param topicId  Kafka's id of the log
    public ProjectorSession(
            Consumer<String, Object> consumer, Producer<String, Object> producer, Restorer restorer, String topicId) {
        this.consumer = consumer;
        this.producer = producer;
        this.restorer = restorer;
        this.topicId = topicId;
        producer.initTransactions();
        consumer.subscribe(List.of(Topics.OPERATION_LOG.name()), new Assignment());
    }

    /// Projects what one poll brings.
    void step() {
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
                .map(change -> LogProjection.project(change, fold))
                .ifPresent(projected -> send(projected, record.partition()));
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
