package io.walkback.messaging.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.messaging.avro.AvroMessages;
import io.walkback.messaging.registry.FakeRegistry;
import io.walkback.messaging.registry.RegistrySettings;
import io.walkback.schemas.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Others read what we write and the other way round, with nothing of ours but the schema from the registry.
public class WireFormatTest {
    private static final String TOPIC = "backup-requested";

    private final FakeRegistry registry = new FakeRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void aPlainConsumerReadsWhatWeWrite() throws IOException {
        // Given
        byte[] bytes = Objects.requireNonNull(
                serializer(Map.of()).serialize(TOPIC, new RecordHeaders(), Samples.request("shop", 1)));
        // When
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        byte magic = frame.get();
        Schema schema = registeredAs(frame.getInt());
        GenericRecord read = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
        // Then
        assertThat(magic).isZero();
        assertThat(read.get("database")).hasToString("shop");
        assertThat(read.get("type")).hasToString("PHYSICAL");
        assertThat(schema.toString()).doesNotContain("avro.java.string");
    }

    @Test
    void weReadWhatAPlainProducerWrote() throws IOException {
        // Given
        Schema schema = Schemas.latest("BackupRequested");
        registry.put(77, schema.toString());
        byte[] bytes = plain(77, schema, plainRequest(schema));
        // When
        Object read = deserializer(registry.url()).deserialize(TOPIC, new RecordHeaders(), bytes);
        // Then
        assertThat(read).isEqualTo(Samples.request("shop", 1));
    }

    @Test
    void aNewerWriterWithAFieldMoreAndASymbolMoreIsRead() throws IOException {
        // Given
        String newer = Schemas.latest("BackupRequested")
                .toString()
                .replace("\"PHYSICAL\",", "\"PHYSICAL\",\"SNAPSHOT\",")
                .replace(
                        "{\"name\":\"requestId\"",
                        "{\"name\":\"mood\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"requestId\"");
        Schema schema = new Schema.Parser().parse(newer);
        registry.put(78, newer);
        GenericRecord record = plainRequest(schema);
        record.put("mood", "hasty");
        record.put("type", new GenericData.EnumSymbol(schema.getField("type").schema(), "SNAPSHOT"));
        // When
        Object read = deserializer(registry.url()).deserialize(TOPIC, new RecordHeaders(), plain(78, schema, record));
        // Then
        assertThat(read).hasToString(Samples.request("shop", 1).toString().replace("PHYSICAL", "UNKNOWN"));
    }

    @Test
    void ourOwnSchemasNeedNoRegistryToBeRead() {
        // Given
        Headers headers = new RecordHeaders();
        byte[] bytes =
                Objects.requireNonNull(serializer(Map.of()).serialize(TOPIC, headers, Samples.request("shop", 1)));
        registry.close();
        // When
        Object read = deserializer(registry.url()).deserialize(TOPIC, headers, bytes);
        // Then
        assertThat(read).isEqualTo(Samples.request("shop", 1));
        assertThatThrownBy(() -> deserializer(registry.url()).deserialize(TOPIC, new RecordHeaders(), bytes))
                .isInstanceOf(RetryableException.class);
    }

    @Test
    void poisonIsUnreadableAndNeverAnotherException() throws IOException {
        // Given
        Schema foreign = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Runtime\",\"namespace\":\"java.lang\",\"fields\":[]}");
        registry.put(79, foreign.toString());
        registry.put(80, "\"string\"");
        registry.put(81, Schemas.latest("BackupRequested").toString());
        byte[] good = plain(81, Schemas.latest("BackupRequested"), plainRequest(Schemas.latest("BackupRequested")));
        List<byte[]> poison = List.of(
                new byte[0],
                new byte[] {0, 0, 0},
                "not avro at all".getBytes(StandardCharsets.US_ASCII),
                new byte[] {0, 0, 0, 0, 79},
                new byte[] {0, 0, 0, 0, 80, 0},
                new byte[] {0, 0, 0, 0, 99},
                new byte[] {0, 0, 0, 0, 81},
                new byte[] {0, 0, 0, 0, 81, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                Arrays.copyOf(good, good.length - 3),
                Arrays.copyOf(good, good.length + 3));
        MessageDeserializer deserializer = deserializer(registry.url());
        // When, Then
        assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), good)).isEqualTo(Samples.request("shop", 1));
        assertThat(poison).allSatisfy(bytes -> assertThatThrownBy(
                        () -> deserializer.deserialize(TOPIC, new RecordHeaders(), bytes))
                .isInstanceOfSatisfying(CorruptDataException.class, damaged -> assertThat(damaged.code())
                        .isEqualTo(FailureCode.RECORD_UNREADABLE)));
    }

    @Test
    void nothingStaysNothing() {
        assertThat(serializer(Map.of()).serialize(TOPIC, new RecordHeaders(), null))
                .isNull();
        assertThat(deserializer(registry.url()).deserialize(TOPIC, (byte[]) null))
                .isNull();
    }

    @Test
    void theSerializerBelowIsASetting() {
        // Given
        Map<String, Object> other = Map.of(MessageSerializer.AVRO_SERIALIZER, Foreign.class.getName());
        // When
        byte[] bytes = Objects.requireNonNull(
                serializer(other).serialize(TOPIC, new RecordHeaders(), Samples.request("shop", 1)));
        // Then
        assertThat(bytes).containsExactly(42);
        assertThatThrownBy(() -> serializer(Map.of(MessageSerializer.AVRO_SERIALIZER, "no.such.Serializer")))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("no.such.Serializer");
    }

    /// Stands for `kafka-avro-serializer` on somebody's class path.
    public static final class Foreign implements Serializer<Object> {
        @Override
        public byte[] serialize(String topic, Object data) {
            assertThat(data).isInstanceOf(SpecificRecord.class);
            return new byte[] {42};
        }
    }

    @Test
    void theDeserializerBelowIsASetting() {
        // Given
        MessageDeserializer deserializer = new MessageDeserializer();
        // When
        deserializer.configure(
                Map.of(
                        RegistrySettings.URL,
                        registry.url(),
                        MessageDeserializer.AVRO_DESERIALIZER,
                        ForeignReader.class.getName()),
                false);
        // Then
        assertThat(deserializer.deserialize(TOPIC, new byte[] {42})).isEqualTo(Samples.request("shop", 42));
        assertThat(deserializer.deserialize(TOPIC, new RecordHeaders(), new byte[] {43}))
                .isEqualTo(Samples.request("shop", 43));
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0}))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> new MessageDeserializer()
                        .configure(Map.of(MessageDeserializer.AVRO_DESERIALIZER, "no.such.Deserializer"), false))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("no.such.Deserializer");
    }

    /// Stands for Confluent's deserializer: told to, it makes instances of generated classes.
    public static final class ForeignReader implements Deserializer<Object> {
        private boolean specific;

        @Override
        public void configure(Map<String, ?> settings, boolean isKey) {
            specific = Boolean.TRUE.equals(settings.get("specific.avro.reader"));
        }

        @Override
        public Object deserialize(String topic, byte[] data) {
            return specific && data[0] != 0 ? AvroMessages.toAvro(Samples.request("shop", data[0])) : "no record";
        }
    }

    private Schema registeredAs(int id) {
        return new Schema.Parser().parse(registry.schema(id));
    }

    private static GenericRecord plainRequest(Schema schema) {
        GenericRecord record = new GenericData.Record(schema);
        record.put("eventId", "00000000-0000-0001-0000-000000000001");
        record.put("database", "shop");
        record.put("occurredAt", 1_795_312_800_000_000L);
        record.put("requestId", "request-1");
        record.put("backupId", "shop-1");
        record.put("type", new GenericData.EnumSymbol(schema.getField("type").schema(), "PHYSICAL"));
        record.put("requestedBy", "ops");
        record.put("notAfter", 1_795_316_400_000_000L);
        record.put("labels", Map.of());
        record.put("pgMajor", 15);
        record.put("dbnames", List.of());
        return record;
    }

    private static byte[] plain(int id, Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private MessageSerializer serializer(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put(RegistrySettings.URL, registry.url());
        MessageSerializer serializer = new MessageSerializer();
        serializer.configure(settings, false);
        return serializer;
    }

    private static MessageDeserializer deserializer(String url) {
        MessageDeserializer deserializer = new MessageDeserializer();
        deserializer.configure(Map.of(RegistrySettings.URL, url), false);
        return deserializer;
    }
}
