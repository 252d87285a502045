package io.walkback.messaging.serde;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.messaging.avro.AvroMessages;
import io.walkback.schemas.TopicSpec;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Domain records to bytes, through the serializer class that `walkback.avro.serializer` names, [AvroSerializer]
/// unless told otherwise; null stays null, a tombstone.
///
/// A record that would be larger than its topic accepts is refused here, with its name and size, so that nothing
/// of it is sent (F16): [OperatorActionException] with `RECORD_TOO_LARGE`.
public final class MessageSerializer implements Serializer<Object> {
    public static final String AVRO_SERIALIZER = "walkback.avro.serializer";

    /// Room for key, headers and the batch around a record.
    static final int OVERHEAD = 16 << 10;

    static final int MAX_VALUE_BYTES = TopicSpec.MAX_MESSAGE_BYTES - OVERHEAD;

    private @Nullable Serializer<Object> avro;

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        Serializer<Object> delegate = made(settings.get(AVRO_SERIALIZER));
        delegate.configure(settings, isKey);
        avro = delegate;
    }

    @SuppressWarnings(
            "unchecked") // A serializer of Avro records takes any object; Confluent's is a Serializer<Object> too.
    private static Serializer<Object> made(@Nullable Object className) {
        if (className == null) {
            return new AvroSerializer();
        }
        try {
            return Utils.newInstance(className.toString(), Serializer.class);
        } catch (ClassNotFoundException missing) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    AVRO_SERIALIZER + " names '" + className + "', which is not on the class path",
                    "Put the jar of the serializer on the class path, or leave the setting out.",
                    missing);
        }
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Object message) {
        return serialize(topic, null, message);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Headers headers, @Nullable Object message) {
        if (message == null) {
            return null;
        }
        if (avro == null) {
            throw new IllegalStateException("not configured");
        }
        Object written = AvroMessages.toAvro(message);
        byte[] bytes = headers == null ? avro.serialize(topic, written) : avro.serialize(topic, headers, written);
        if (bytes != null && bytes.length > MAX_VALUE_BYTES) {
            throw new OperatorActionException(
                    FailureCode.RECORD_TOO_LARGE,
                    AvroMessages.schemaName(message) + " for topic '" + topic + "' has " + bytes.length
                            + " bytes, more than " + MAX_VALUE_BYTES,
                    "Shorten what the request carries: labels, tablespace map, names.");
        }
        return bytes;
    }

    @Override
    public void close() {
        if (avro != null) {
            avro.close();
        }
    }
}
