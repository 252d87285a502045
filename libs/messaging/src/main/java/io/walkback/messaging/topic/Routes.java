package io.walkback.messaging.topic;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.Approval;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.IdempotencyRecord;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.State;
import io.walkback.domain.event.WalIndexChunk;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.messaging.avro.AvroMessages;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Where each message belongs: its topic and its key. Throws [IllegalArgumentException] for what does not travel.
public final class Routes {
    private Routes() {}

    public static TopicSpec topic(Object message) {
        return Topics.ofSchema(AvroMessages.schemaName(message))
                .orElseThrow(() -> new IllegalArgumentException(message.getClass() + " has no topic"));
    }

    public static String key(Object message) {
        return switch (message) {
            case Event event -> event.database().value();
            case State state -> key(state);
            case OperationRecord logged -> logged.database().value();
            case Operation operation ->
                under(operation.database(), operation.id().value());
            case Heartbeat heartbeat -> heartbeat.database().value();
            case DatabaseRegistration registered -> registered.id().value();
            default -> throw new IllegalArgumentException(message.getClass().getName() + " does not travel");
        };
    }

    /// `message` on its way, in the partition that its key leads to.
    public static ProducerRecord<String, Object> record(Object message) {
        return new ProducerRecord<>(topic(message).name(), key(message), message);
    }

    /// `message` on its way to the partition of the log record that it stands for.
    public static ProducerRecord<String, Object> record(Object message, int partition) {
        return new ProducerRecord<>(topic(message).name(), partition, key(message), message);
    }

    private static String key(State state) {
        return switch (state) {
            case BackupCatalogEntry entry ->
                under(entry.header().database(), entry.backupId().value());
            case Recoverability window -> window.header().database().value();
            case DrillHistory history -> history.header().database().value();
            case WalIndexChunk chunk -> chunk.key();
            case Approval approval -> approval.approvalId();
            case IdempotencyRecord answer -> under(answer.header().database(), answer.key());
            case AlertState alert -> alert.alertKey();
            case AlertDelivery delivery -> delivery.alertKey() + "/" + delivery.sink();
            case AuditEntry entry -> entry.writer();
        };
    }

    private static String under(DatabaseId database, String name) {
        return database.value() + "/" + name;
    }
}
