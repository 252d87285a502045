package io.walkback.standalone.demo;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Reads topics as a stranger does: a plain consumer, bytes, schemas from the registry's REST API, generic Avro. No
/// class of Walkback takes part. For one thread.
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final byte MAGIC = 0;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String registry;
    private final Map<Integer, Schema> schemas = new HashMap<>();

    /// One record, decoded.
    ///
    /// @param value null for a tombstone
    record Read(String key, @Nullable GenericRecord value) {}

    /// @param registry the API that `kafka-avro-serializer` speaks
    TopicReader(String bootstrapServers, String registry) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                        ConsumerConfig.CLIENT_ID_CONFIG, "a-stranger"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.registry = registry;
    }

    /// Everything that is in `topic` now, from its beginning; in order within a partition.
    List<Read> all(String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<Read> read = new ArrayList<>();
        long begun = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(found -> read.add(decode(found)));
            CheckFailed.unless(
                    System.nanoTime() - begun < DEADLINE.toNanos(),
                    "topic " + topic + " was not read to its end within " + DEADLINE.toSeconds() + " s");
        }
        return read;
    }

    private Read decode(ConsumerRecord<byte[], byte[]> found) {
        String key = new String(found.key(), StandardCharsets.UTF_8);
        if (found.value() == null) {
            return new Read(key, null);
        }
        ByteBuffer bytes = ByteBuffer.wrap(found.value());
        CheckFailed.unless(bytes.get() == MAGIC, "a record of " + found.topic() + " is not in the usual wire format");
        Schema schema = schemas.computeIfAbsent(bytes.getInt(), this::fetch);
        try {
            return new Read(
                    key,
                    new GenericDatumReader<GenericRecord>(schema)
                            .read(
                                    null,
                                    DecoderFactory.get()
                                            .binaryDecoder(found.value(), bytes.position(), bytes.remaining(), null)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("a record of " + found.topic() + " does not fit its schema", unreadable);
        }
    }

    private Schema fetch(int id) {
        URI address = URI.create(registry + "/schemas/ids/" + id);
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(address).timeout(DEADLINE).build(), HttpResponse.BodyHandlers.ofString());
            CheckFailed.unless(
                    response.statusCode() == HttpURLConnection.HTTP_OK,
                    "the registry answered " + response.statusCode() + " to " + address);
            return new Schema.Parser()
                    .parse(new JsonMapper()
                            .readTree(response.body())
                            .path("schema")
                            .asString());
        } catch (IOException away) {
            throw new RetryableException(
                    FailureCode.REGISTRY_UNAVAILABLE, address + " was not answered: " + away, "Read its log.", away);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RetryableException(
                    FailureCode.CANCELLED, "interrupted while asking for a schema", "Start again.", interrupted);
        }
    }

    @Override
    public void close() {
        consumer.close();
        http.close();
    }
}
