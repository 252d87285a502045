package io.walkback.messaging.serde;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.messaging.avro.AvroMessages;
import io.walkback.messaging.avro.AvroTrust;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// Bytes to domain records, through the deserializer class that `walkback.avro.deserializer` names,
/// [AvroDeserializer] unless told otherwise; null stays null.
///
/// Throws a [PlatformException] and nothing else: retryable when waiting helps, corrupt when the record will never
/// be read.
public final class MessageDeserializer implements Deserializer<Object> {
    public static final String AVRO_DESERIALIZER = "walkback.avro.deserializer";

    private @Nullable Deserializer<?> avro;

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        AvroTrust.ensure();
        Map<String, Object> told = new HashMap<>(settings);
        // Confluent's deserializer makes generic records unless it is told so.
        told.put("specific.avro.reader", true);
        Deserializer<?> delegate = made(settings.get(AVRO_DESERIALIZER));
        delegate.configure(told, isKey);
        avro = delegate;
    }

    private static Deserializer<?> made(@Nullable Object className) {
        if (className == null) {
            return new AvroDeserializer();
        }
        try {
            return Utils.newInstance(className.toString(), Deserializer.class);
        } catch (ClassNotFoundException missing) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    AVRO_DESERIALIZER + " names '" + className + "', which is not on the class path",
                    "Put the jar of the deserializer on the class path, or leave the setting out.",
                    missing);
        }
    }

    @Override
    public @Nullable Object deserialize(String topic, byte @Nullable [] data) {
        return deserialize(topic, null, data);
    }

    @Override
    public @Nullable Object deserialize(String topic, @Nullable Headers headers, byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        if (avro == null) {
            throw new IllegalStateException("not configured");
        }
        Object read = headers == null ? avro.deserialize(topic, data) : avro.deserialize(topic, headers, data);
        if (read instanceof IndexedRecord written) {
            return AvroMessages.fromAvro(written);
        }
        throw WireFormat.unreadable("a record of topic '" + topic + "' is not an Avro record", null);
    }

    @Override
    public void close() {
        if (avro != null) {
            avro.close();
        }
    }
}
