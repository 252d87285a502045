package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.topic.Routes;
import io.walkback.schemas.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/// A service with one listener and one reader of dead letters, on a real broker and a real registry, shared by all
/// tests of this JVM.
abstract class ListenerBench {
    static final Duration DEADLINE = Duration.ofSeconds(60);
    static final String TOPIC = "backup-requested";

    static final AnnotationConfigApplicationContext CONTEXT = started();

    /// Differs from test to test, with room for a thousand requests each.
    static int number;

    Inbox inbox = new Inbox();

    /// What the listeners of the test have heard.
    static class Inbox {
        final List<BackupRequested> requests = new CopyOnWriteArrayList<>();
        final List<ConsumerRecord<byte[], byte[]>> letters = new CopyOnWriteArrayList<>();
        volatile Consumer<BackupRequested> behaviour = _ -> {};
        volatile boolean letterReaderFails;

        @KafkaListener(id = "requests", topics = TOPIC)
        void onRequest(BackupRequested request) {
            behaviour.accept(request);
            requests.add(request);
        }

        @KafkaListener(id = "letters", topics = TOPIC + "-dlt")
        void onLetter(ConsumerRecord<byte[], byte[]> letter) {
            letters.add(letter);
            if (letterReaderFails) {
                throw new IllegalStateException("injected");
            }
        }
    }

    @Configuration
    @Import(MessagingConfiguration.class)
    static class TestService {
        @Bean
        Inbox inbox() {
            return new Inbox();
        }
    }

    private static AnnotationConfigApplicationContext started() {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test",
                        Map.of(
                                "spring.application.name", "listeners-it",
                                "walkback.kafka.bootstrap-servers", RealKafka.bootstrapServers(),
                                "walkback.kafka.registry-url",
                                        RealKafka.schemaRegistry().url(),
                                "walkback.kafka.state-dir", RealKafka.state().toString(),
                                "walkback.kafka.single-broker", "true")));
        context.register(TestService.class);
        context.refresh();
        context.registerShutdownHook();
        return context;
    }

    @BeforeEach
    final void clean() {
        number += 1000;
        inbox = CONTEXT.getBean(Inbox.class);
        inbox.behaviour = _ -> {};
        inbox.letterReaderFails = false;
    }

    void awaitRequest(BackupRequested request) {
        await().atMost(DEADLINE).until(() -> inbox.requests.contains(request));
    }

    void awaitLetters(int count) {
        await().atMost(DEADLINE).until(() -> inbox.letters.size() >= count);
        await().during(Duration.ofSeconds(1)).atMost(DEADLINE).until(() -> inbox.letters.size() == count);
    }

    @SuppressWarnings("unchecked")
    static void send(BackupRequested request) throws Exception {
        CONTEXT.getBean(KafkaTemplate.class).send(Routes.record(request)).get(60, TimeUnit.SECONDS);
    }

    /// A producer of somebody else: bytes, and no header of ours.
    static void raw(@Nullable String key, byte @Nullable [] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", RealKafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(TOPIC, bytes, value)).get(60, TimeUnit.SECONDS);
        }
    }

    static int registeredId() throws Exception {
        return register(TOPIC + "-value", Schemas.latest("BackupRequested"));
    }

    static byte[] avro(int id, BackupRequested request) throws IOException {
        return avroOf(Schemas.latest("BackupRequested"), id, request);
    }

    static byte[] avroOf(Schema schema, int id, BackupRequested request) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<IndexedRecord>(schema).write(PlainRecords.of(schema, request), encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    static int register(String subject, Schema schema) throws Exception {
        String body = "{\"schema\":" + TextNode.valueOf(schema.toString()) + "}";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(RealKafka.schemaRegistry().url() + "/subjects/" + subject + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        String answer = answer(request);
        Matcher id = Pattern.compile("\"id\":(\\d+)").matcher(answer);
        assertThat(id.find()).as(answer).isTrue();
        return Integer.parseInt(id.group(1));
    }

    static String get(String path) throws Exception {
        return answer(
                HttpRequest.newBuilder(URI.create(RealKafka.schemaRegistry().url() + path))
                        .build());
    }

    private static String answer(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
