package io.walkback.operations.kafka;

import io.walkback.domain.operation.OperationRecord;
import io.walkback.operations.OperationLog;
import io.walkback.schemas.Topics;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Appends to `operation-log`, keyed by database, without a transaction: one frozen transaction would hold every
/// reader back. Thread-safe. The producer is the caller's.
public final class KafkaOperationLog implements OperationLog {
    private final Producer<String, Object> producer;

    public KafkaOperationLog(Producer<String, Object> producer) {
        this.producer = producer;
    }

    @Override
    public CompletableFuture<Void> append(OperationRecord record) {
        return Sending.send(
                producer,
                new ProducerRecord<>(
                        Topics.OPERATION_LOG.name(), record.database().value(), record));
    }
}
