package io.walkback.messaging.serde;

import io.walkback.messaging.avro.AvroTrust;
import io.walkback.messaging.registry.RegistrySettings;
import io.walkback.messaging.registry.SchemaIds;
import io.walkback.schemas.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Avro records in the wire format of `kafka-avro-serializer`. Thread-safe once configured.
///
/// Fails as [SchemaIds#idFor] does, before anything is sent.
public final class AvroSerializer implements Serializer<Object> {
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
    public byte @Nullable [] serialize(String topic, @Nullable Object data) {
        return serialize(topic, null, data);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Headers headers, @Nullable Object data) {
        if (data == null) {
            return null;
        }
        if (!(data instanceof IndexedRecord datum) || ids == null) {
            throw new IllegalStateException(
                    ids == null
                            ? "not configured"
                            : "not an Avro record: " + data.getClass().getName());
        }
        Schema schema = released(datum.getSchema());
        int id = ids.idFor(topic, schema);
        if (headers != null) {
            headers.remove(WireFormat.SCHEMA_HEADER);
            headers.add(WireFormat.SCHEMA_HEADER, WireFormat.fingerprint(Schemas.fingerprint(schema)));
        }
        return bytes(id, datum);
    }

    /// The schema as it is in the tree: a generated class has another text for the same schema, with Java's own
    /// notes.
    private static Schema released(Schema schema) {
        return Schemas.byFingerprint(Schemas.fingerprint(schema)).orElse(schema);
    }

    private static byte[] bytes(int id, IndexedRecord datum) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        bytes.writeBytes(WireFormat.prefix(id));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new SpecificDatumWriter<IndexedRecord>(datum.getSchema(), SpecificData.getForSchema(datum.getSchema()))
                    .write(datum, encoder);
            encoder.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return bytes.toByteArray();
    }
}
