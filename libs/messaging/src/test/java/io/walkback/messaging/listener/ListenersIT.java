package io.walkback.messaging.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.BackupRequested;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.serde.Samples;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/// The whole way of a record through a service.
class ListenersIT extends ListenerBench {
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

    @Test
    void aPlainConsumerReadsOurRecordsWithNothingButTheRegistry() throws Exception {
        // Given
        BackupRequested request = Samples.request("plain", number);
        send(request);
        // When
        GenericRecord read = await().atMost(DEADLINE).until(() -> plainlyRead(request.requestId()), Objects::nonNull);
        // Then
        assertThat(read.get("backupId")).hasToString(request.backupId().value());
        assertThat(read.get("pgMajor")).isEqualTo(15);
    }

    /// Reads the topic from its start and decodes by the id in each record, as any other team would.
    private static @Nullable GenericRecord plainlyRead(String requestId) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", RealKafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(TOPIC).stream()
                    .map(partition -> new TopicPartition(TOPIC, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                byte[] bytes = record.value();
                if (bytes != null && bytes.length > 5 && "plain".equals(text(record.key()))) {
                    String answer = get("/schemas/ids/" + ByteBuffer.wrap(bytes).getInt(1));
                    Schema schema = new Schema.Parser()
                            .parse(new ObjectMapper()
                                    .readTree(answer)
                                    .path("schema")
                                    .asText());
                    GenericRecord read = new GenericDatumReader<GenericRecord>(schema)
                            .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
                    if (requestId.equals(read.get("requestId").toString())) {
                        return read;
                    }
                }
            }
            return null;
        }
    }
}
