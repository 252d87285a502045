package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.serde.Samples;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.MessageListenerContainer;

/// The whole way of a record, on a real broker and a real registry: F12, F14, F15, and what listeners do with
/// faults.
class ListenersIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String TOPIC = "backup-requested";

    @TempDir
    private static Path state = Path.of("");

    private static final AnnotationConfigApplicationContext CONTEXT = new AnnotationConfigApplicationContext();
    private static int number;

    private Inbox inbox = new Inbox();

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

    @BeforeAll
    static void start() {
        CONTEXT.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test",
                        Map.of(
                                "spring.application.name", "listeners-it",
                                "walkback.kafka.bootstrap-servers", RealKafka.bootstrapServers(),
                                "walkback.kafka.registry-url",
                                        RealKafka.schemaRegistry().url(),
                                "walkback.kafka.state-dir", state.toString(),
                                "walkback.kafka.single-broker", "true")));
        CONTEXT.register(TestService.class);
        CONTEXT.refresh();
    }

    @AfterAll
    static void stop() {
        CONTEXT.close();
    }

    @BeforeEach
    void clean() {
        number += 1000;
        inbox = CONTEXT.getBean(Inbox.class);
        inbox.behaviour = _ -> {};
        inbox.letterReaderFails = false;
    }

    @Test
    void aMessageArrivesAsTheDomainHasIt() throws Exception {
        // Given
        BackupRequested request = Samples.request("shop", number);
        // When
        send(request);
        // Then
        awaitRequest(request);
    }

    @Test
    void theSubjectIsFullTransitiveInARealRegistry() throws Exception {
        // Given
        send(Samples.request("shop", number));
        // When
        String config = get("/config/" + TOPIC + "-value");
        // Then
        assertThat(config).contains("FULL_TRANSITIVE");
        assertThat(get("/subjects")).contains("\"" + TOPIC + "-value\"");
    }

    @Test // F15
    void poisonGoesToTheDeadLettersOnceWithItsBytesAndTheListenerLivesOn() throws Exception {
        // Given
        int before = inbox.letters.size();
        byte[] garbage = "\u0000\u0000garbage".getBytes(StandardCharsets.UTF_8);
        byte[] wrongMagic = {7, 0, 0, 0, 1, 2};
        byte[] good = avro(registeredId(), Samples.request("shop", number));
        // When
        raw("shop", garbage);
        raw("shop", wrongMagic);
        raw(null, good);
        raw("other", good);
        raw("shop", null);
        BackupRequested after = Samples.request("shop", number + 1);
        send(after);
        // Then
        awaitRequest(after);
        awaitLetters(before + 5);
        List<ConsumerRecord<byte[], byte[]>> letters = inbox.letters.subList(before, before + 5);
        assertThat(letters).allSatisfy(letter -> assertThat(DeadLetter.of(letter))
                .returns("RECORD_UNREADABLE", DeadLetter::code)
                .returns("requests", DeadLetter::group)
                .returns(TOPIC, DeadLetter::topic));
        assertThat(letters.stream().map(ConsumerRecord::value).map(ListenersIT::text))
                .containsExactlyInAnyOrder(text(garbage), text(wrongMagic), text(good), text(good), "null");
        assertThat(letters.stream().map(ConsumerRecord::key).map(ListenersIT::text))
                .containsExactlyInAnyOrder("shop", "shop", "null", "other", "shop");
    }

    @Test // F14
    void aRecordOfAnIncompatibleSchemaThatBypassedTheRegistryGoesToTheDeadLetters() throws Exception {
        // Given
        int before = inbox.letters.size();
        Schema incompatible = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"BackupRequested\",\"namespace\":\"" + Schemas.NAMESPACE
                        + "\",\"fields\":[{\"name\":\"eventId\",\"type\":\"long\"}]}");
        byte[] bytes = {0, 0, 0, 0, 0, 2};
        ByteBuffer.wrap(bytes).putInt(1, register("somewhere-else-value", incompatible));
        // When
        raw("shop", bytes);
        BackupRequested after = Samples.request("shop", number);
        send(after);
        // Then
        awaitRequest(after);
        awaitLetters(before + 1);
        assertThat(inbox.letters.get(before).value()).isEqualTo(bytes);
    }

    @Test
    void aReaderOfDeadLettersThatFailsGoesOnWithTheNext() throws Exception {
        // Given
        int before = inbox.letters.size();
        inbox.letterReaderFails = true;
        // When
        raw("shop", new byte[] {1});
        raw("shop", new byte[] {2});
        // Then
        awaitLetters(before + 2);
        assertThat(CONTEXT.getBean(ListenerHealth.class).health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aFaultThatPassesIsTriedAgainAndAFaultThatStaysIsPutAside() throws Exception {
        // Given
        int before = inbox.letters.size();
        BackupRequested flaky = Samples.request("shop", number);
        BackupRequested broken = Samples.request("shop", number + 1);
        List<String> calls = new CopyOnWriteArrayList<>();
        inbox.behaviour = request -> {
            calls.add(request.requestId());
            if (request.equals(flaky) && calls.size() < 3) {
                throw new RetryableException(FailureCode.STORE_UNAVAILABLE, "injected", "Wait.");
            }
            if (request.equals(broken)) {
                throw new CorruptDataException(FailureCode.OBJECT_CORRUPT, "injected", "Look.");
            }
        };
        // When
        send(flaky);
        send(broken);
        // Then
        awaitRequest(flaky);
        awaitLetters(before + 1);
        assertThat(calls).containsExactly(flaky.requestId(), flaky.requestId(), flaky.requestId(), broken.requestId());
        assertThat(DeadLetter.of(inbox.letters.get(before)))
                .returns("OBJECT_CORRUPT", DeadLetter::code)
                .returns("injected", DeadLetter::message)
                .returns("Look.", DeadLetter::hint);
    }

    @Test // F12
    void aRecordWaitsForTheRegistryAndIsNeverADeadLetterForIt() throws Exception {
        // Given: a schema that only the registry knows, and the registry killed
        int before = inbox.letters.size();
        String newer = Schemas.latest("BackupRequested")
                .toString()
                .replaceFirst("\"doc\"", "\"alias\":\"x\",\"doc\"")
                .replace(
                        "{\"name\":\"requestId\"",
                        "{\"name\":\"mood\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"requestId\"");
        int id = register(TOPIC + "-value", new Schema.Parser().parse(newer));
        RealKafka.schemaRegistry().kill();
        BackupRequested waiting = Samples.request("shop", number);
        BackupRequested behind = Samples.request("shop", number + 1);
        byte[] bytes = avroOf(new Schema.Parser().parse(newer), id, waiting);
        // When
        raw("shop", bytes);
        send(behind);
        await().during(Duration.ofSeconds(3)).atMost(DEADLINE).until(() -> !inbox.requests.contains(behind));
        RealKafka.schemaRegistry().start();
        // Then
        awaitRequest(waiting);
        awaitRequest(behind);
        assertThat(inbox.letters).hasSize(before);
    }

    @Test
    void aConsumerThatStopsWithoutBeingToldTurnsTheHealthRed() {
        // Given
        MessageListenerContainer container = Objects.requireNonNull(
                CONTEXT.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("letters"));
        ListenerHealth health = CONTEXT.getBean(ListenerHealth.class);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        // When
        container.stopAbnormally(() -> {});
        // Then
        await().atMost(DEADLINE).until(() -> health.health().getStatus().equals(Status.DOWN));
        assertThat(health.health().getDetails()).containsKey("letters");
        container.start();
        await().atMost(DEADLINE).until(() -> health.health().getStatus().equals(Status.UP));
    }

    private void awaitRequest(BackupRequested request) {
        await().atMost(DEADLINE).until(() -> inbox.requests.contains(request));
    }

    private void awaitLetters(int count) {
        await().atMost(DEADLINE).until(() -> inbox.letters.size() >= count);
        await().during(Duration.ofSeconds(1)).atMost(DEADLINE).until(() -> inbox.letters.size() == count);
    }

    @SuppressWarnings("unchecked")
    private static void send(BackupRequested request) throws Exception {
        CONTEXT.getBean(KafkaTemplate.class).send(Routes.record(request)).get(60, TimeUnit.SECONDS);
    }

    /// A producer of somebody else: bytes, and no header of ours.
    private static void raw(@Nullable String key, byte @Nullable [] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", RealKafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(TOPIC, bytes, value)).get(60, TimeUnit.SECONDS);
        }
    }

    private static int registeredId() throws Exception {
        return register(TOPIC + "-value", Schemas.latest("BackupRequested"));
    }

    private static byte[] avro(int id, BackupRequested request) throws IOException {
        return avroOf(Schemas.latest("BackupRequested"), id, request);
    }

    private static byte[] avroOf(Schema schema, int id, BackupRequested request) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<IndexedRecord>(schema).write(PlainRecords.of(schema, request), encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static int register(String subject, Schema schema) throws Exception {
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

    private static String get(String path) throws Exception {
        return answer(
                HttpRequest.newBuilder(URI.create(RealKafka.schemaRegistry().url() + path))
                        .build());
    }

    private static String answer(HttpRequest request) throws Exception {
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
