package io.walkback.messaging.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.messaging.avro.AnyMessage;
import io.walkback.messaging.real.RealKafka;
import io.walkback.messaging.topic.Routes;
import io.walkback.messaging.topic.TopicAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaClientsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaClients clients = RealKafka.clients(RealKafka.state());

    @BeforeEach
    void topics() {
        try (Admin admin = clients.admin("kafka-clients-it")) {
            new TopicAdmin(admin, true).ensure();
        }
    }

    @Test
    void onlyCommittedTransactionsAreRead() throws Exception {
        // Given
        Object aborted = message();
        Object committed = message();
        try (Producer<String, Object> producer = clients.transactional("writer", "kafka-clients-it")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(Routes.record(aborted, 3)).get(60, TimeUnit.SECONDS);
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(Routes.record(committed, 3)).get(60, TimeUnit.SECONDS);
            // When
            producer.commitTransaction();
        }
        // Then
        try (Consumer<String, Object> reader = clients.reader("reader")) {
            place(reader, 3);
            List<Object> read = new ArrayList<>();
            await().atMost(DEADLINE).until(() -> {
                reader.poll(POLL).forEach(record -> read.add(record.value()));
                return read.contains(committed);
            });
            assertThat(read).doesNotContain(aborted);
        }
    }

    @Test
    void aRecordThatCannotBeReadEndsThePollWithItsPlaceAndOurReason() throws Exception {
        // Given
        try (KafkaProducer<byte[], byte[]> raw = new KafkaProducer<>(clients.rawProducer("raw"))) {
            raw.send(new ProducerRecord<>("databases", 5, new byte[] {1}, new byte[] {1, 2}))
                    .get(60, TimeUnit.SECONDS);
        }
        Object after = message();
        try (Producer<String, Object> producer = clients.producer("writer");
                Consumer<String, Object> reader = clients.reader("reader")) {
            producer.send(Routes.record(after, 5)).get(60, TimeUnit.SECONDS);
            place(reader, 5);
            // When, Then
            assertThatThrownBy(() -> reader.poll(Duration.ofSeconds(30)))
                    .isInstanceOfSatisfying(RecordDeserializationException.class, stuck -> {
                        assertThat(stuck.getCause()).isInstanceOf(CorruptDataException.class);
                        reader.seek(stuck.topicPartition(), stuck.offset() + 1);
                    });
            List<Object> read = new ArrayList<>();
            await().atMost(DEADLINE).until(() -> {
                reader.poll(POLL).forEach(record -> read.add(record.value()));
                return read.contains(after);
            });
        }
    }

    @Test
    void anOffsetThatIsNotThereIsAnErrorAndNeverAJump() {
        try (Consumer<String, Object> reader = clients.reader("reader")) {
            place(reader, 7);
            reader.seek(new TopicPartition("databases", 7), 4711);
            assertThatThrownBy(() -> await().atMost(DEADLINE)
                            .until(() -> reader.poll(POLL).count() > 0))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void aMemberOfANewGroupBeginsWithTheEarliestRecord() throws Exception {
        Object message = message();
        try (Producer<String, Object> producer = clients.producer("writer");
                Consumer<String, Object> member = clients.member("member", "kafka-clients-it")) {
            producer.send(Routes.record(message, 9)).get(60, TimeUnit.SECONDS);
            member.assign(List.of(new TopicPartition("databases", 9)));
            List<Object> read = new ArrayList<>();
            await().atMost(DEADLINE).until(() -> {
                member.poll(POLL).forEach(record -> read.add(record.value()));
                return read.contains(message);
            });
        }
    }

    private static void place(Consumer<String, Object> reader, int partition) {
        TopicPartition place = new TopicPartition("databases", partition);
        reader.assign(List.of(place));
        reader.seekToBeginning(List.of(place));
    }

    private static Object message() {
        return AnyMessage.of(DatabaseRegistration.class).sample();
    }
}
