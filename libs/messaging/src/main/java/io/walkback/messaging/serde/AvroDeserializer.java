package io.walkback.messaging.serde;

import io.walkback.domain.CorruptDataException;
import io.walkback.messaging.avro.AvroTrust;
import io.walkback.messaging.registry.RegistrySettings;
import io.walkback.messaging.registry.SchemaIds;
import io.walkback.schemas.Schemas;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/// Reads what [AvroSerializer], or any other producer in the same wire format, has written, as instances of the
/// generated classes of this build. Thread-safe once configured.
///
/// The writer's schema is found by the header without asking anybody when a Walkback of this or an earlier version
/// wrote it, and else as [SchemaIds#schema] does. Throws [io.walkback.domain.RetryableException] when the registry
/// is needed and away (F12), and [CorruptDataException] with `RECORD_UNREADABLE` for bytes that are not such a
/// record (F15) or whose schema is none of ours or cannot be read as ours (F14).
public final class AvroDeserializer implements Deserializer<Object> {
    private @Nullable SchemaIds ids;

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        AvroTrust.ensure();
        if (isKey) {
            throw new IllegalArgumentException("keys are text, not Avro");
        }
        ids = new SchemaIds(RegistrySettings.from(settings));
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
        if (ids == null) {
            throw new IllegalStateException("not configured");
        }
        int id = WireFormat.schemaId(topic, data);
        Schema writer = named(headers).orElse(null);
        return read(topic, writer == null ? ids.schema(id) : writer, data);
    }

    private static Optional<Schema> named(@Nullable Headers headers) {
        OptionalLong fingerprint = WireFormat.fingerprint(headers);
        return fingerprint.isPresent() ? Schemas.byFingerprint(fingerprint.getAsLong()) : Optional.empty();
    }

    private static Object read(String topic, Schema writer, byte[] data) {
        Class<?> type = isOurs(writer) ? SpecificData.get().getClass(writer) : null;
        if (type == null) {
            throw WireFormat.unreadable(
                    "a record of topic '" + topic + "' has the foreign schema '" + writer.getFullName() + "'", null);
        }
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(data, WireFormat.PREFIX, data.length - WireFormat.PREFIX, null);
        try {
            Object read = new SpecificDatumReader<>(
                            writer, SpecificData.get().getSchema(type), SpecificData.getForClass(type))
                    .read(null, decoder);
            if (!decoder.isEnd()) {
                throw WireFormat.unreadable(
                        "a record of topic '" + topic + "' goes on behind its end as '" + writer.getFullName() + "'",
                        null);
            }
            return read;
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException damaged) {
            throw WireFormat.unreadable(
                    "a record of topic '" + topic + "' cannot be read as '" + writer.getFullName() + "'", damaged);
        }
    }

    private static boolean isOurs(Schema writer) {
        return writer.getType() == Schema.Type.RECORD && Schemas.NAMESPACE.equals(writer.getNamespace());
    }
}
