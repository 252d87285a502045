package io.walkback.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody else's programs: Kafka's own clients with bytes, Avro's generic records, the registry asked over HTTP.
/// Nothing of Walkback is used here, no header, no setting and no schema from its jars.
///
/// Times in records are the wall clock's: the services that judge them run on it.
final class ForeignClient implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int PREFIX = 5;

    private final String bootstrapServers;
    private final String registry;
    private final HttpClient http = HttpClient.newHttpClient();
    private final KafkaProducer<byte[], byte[]> producer;

    /// A schema as the registry knows it.
    record Registered(int id, Schema schema) {}

    ForeignClient(String bootstrapServers, String registry) {
        this.bootstrapServers = bootstrapServers;
        this.registry = registry;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// The newest schema of a topic's values.
    Registered newest(String topic) {
        JsonNode version = ask("/subjects/" + topic + "-value/versions/latest");
        return new Registered(
                version.path("id").intValue(), parsed(version.path("schema").stringValue()));
    }

    /// `BackupRequested` under the id that the backup is to have.
    static GenericRecord backupRequested(Schema schema, String database, String id, String type) {
        return request(schema, database, id)
                .set("backupId", id)
                .set("type", new GenericData.EnumSymbol(schema.getField("type").schema(), type))
                .build();
    }

    /// `RestoreRequested` over what exists, with nobody's approval.
    static GenericRecord destructiveRestoreRequested(Schema schema, String database, String id) {
        Schema target = schema.getField("target").schema();
        return request(schema, database, id)
                .set("operationId", id)
                .set(
                        "target",
                        new GenericRecordBuilder(target)
                                .set(
                                        "variant",
                                        new GenericData.EnumSymbol(
                                                target.getField("variant").schema(), "LATEST"))
                                .build())
                .set("host", "db2")
                .set("directory", "/srv/restored")
                .set("noStart", false)
                .set("destructive", true)
                .build();
    }

    private static GenericRecordBuilder request(Schema schema, String database, String id) {
        Instant now = Instant.now();
        return new GenericRecordBuilder(schema)
                .set("eventId", UUID.randomUUID().toString())
                .set("database", database)
                .set("occurredAt", micros(now))
                .set("requestId", id)
                .set("requestedBy", "a stranger")
                .set("notAfter", micros(now.plusSeconds(3600)));
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    void send(String topic, String key, int schemaId, GenericRecord value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                ByteBuffer.allocate(PREFIX).put((byte) 0).putInt(schemaId).array());
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
            encoder.flush();
            producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), bytes.toByteArray()))
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    /// What is committed on a topic and `wanted`, read by a new consumer group to where the topic ends now.
    List<GenericRecord> read(String topic, Predicate<GenericRecord> wanted) {
        String group = "stranger-" + UUID.randomUUID();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        group,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            List<GenericRecord> found = new ArrayList<>();
            Map<TopicPartition, Long> ends = Map.of();
            long begun = System.nanoTime();
            while (ends.isEmpty()
                    || ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("time that group %s takes to read %s", group, topic)
                        .isLessThan(DEADLINE);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    GenericRecord value = decoded(record.value());
                    if (wanted.test(value)) {
                        found.add(value);
                    }
                }
                if (ends.isEmpty() && !consumer.assignment().isEmpty()) {
                    ends = consumer.endOffsets(consumer.assignment());
                }
            }
            consumer.commitSync();
            return found;
        }
    }

    static Predicate<GenericRecord> has(String field, String value) {
        return record ->
                record.get(field) != null && record.get(field).toString().equals(value);
    }

    private GenericRecord decoded(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        assertThat(frame.get()).as("magic byte").isZero();
        Schema schema =
                parsed(ask("/schemas/ids/" + frame.getInt()).path("schema").stringValue());
        try {
            return new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, null));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static Schema parsed(String schema) {
        return new Schema.Parser().parse(schema);
    }

    private JsonNode ask(String path) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(registry + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        http.close();
    }
}
