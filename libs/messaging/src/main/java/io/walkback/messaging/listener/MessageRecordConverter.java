package io.walkback.messaging.listener;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.messaging.serde.MessageDeserializer;
import io.walkback.messaging.topic.Routes;
import io.walkback.schemas.TopicSpec;
import io.walkback.schemas.Topics;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaNull;
import org.springframework.kafka.support.converter.MessagingMessageConverter;

/// Makes the domain record for a listener out of a record's bytes. Throws a [io.walkback.domain.PlatformException]:
/// `RECORD_UNREADABLE` for bytes that are none of ours, a key that is not the record's own, a tombstone where
/// nothing is ever deleted, or a record of another kind than the listener takes.
final class MessageRecordConverter extends MessagingMessageConverter {
    private final MessageDeserializer deserializer;

    MessageRecordConverter(MessageDeserializer deserializer) {
        this.deserializer = deserializer;
    }

    @Override
    protected Object extractAndConvertValue(ConsumerRecord<?, ?> record, @Nullable Type type) {
        Optional<TopicSpec> topic = Topics.named(record.topic());
        if (topic.isEmpty() || topic.get().schema() == null) {
            // Not ours to decode: dead letters, and whatever else a listener asked for as bytes.
            return record.value() == null ? KafkaNull.INSTANCE : record.value();
        }
        if (!(record.value() instanceof byte[] bytes)) {
            if (topic.get().group() == TopicSpec.Group.STATE) {
                return KafkaNull.INSTANCE;
            }
            throw unusable(record, "is a tombstone, and nothing is ever deleted there");
        }
        Object message = deserializer.deserialize(record.topic(), record.headers(), bytes);
        if (message == null) {
            throw unusable(record, "is empty");
        }
        if (type instanceof Class<?> wanted && !wanted.isInstance(message)) {
            throw unusable(record, "is a " + message.getClass().getSimpleName() + ", not a " + wanted.getSimpleName());
        }
        requireKey(record, Routes.key(message));
        return message;
    }

    /// Another key is another partition, and there the order of its database is not kept.
    private static void requireKey(ConsumerRecord<?, ?> record, String expected) {
        if (!(record.key() instanceof byte[] key)) {
            throw unusable(record, "has no key");
        }
        if (!expected.equals(new String(key, StandardCharsets.UTF_8))) {
            throw unusable(record, "has another key than '" + expected + "'");
        }
    }

    private static CorruptDataException unusable(ConsumerRecord<?, ?> record, String why) {
        return new CorruptDataException(
                FailureCode.RECORD_UNREADABLE,
                "offset " + record.offset() + " of partition " + record.partition() + " of topic '" + record.topic()
                        + "' " + why,
                "Find out who writes to this topic, and with what.");
    }
}
