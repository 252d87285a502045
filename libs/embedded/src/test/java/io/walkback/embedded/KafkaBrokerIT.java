package io.walkback.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Parts parts = Parts.fromSystemProperty();

    @Test
    void acknowledgedRecordsSurviveAKillAndAStartOnOtherPorts() throws Exception {
        long pid;
        // Given
        try (KafkaBroker broker = KafkaBroker.single(parts, directory)) {
            broker.start();
            createTopic(broker.bootstrapServers(), "walk", 1);
            send(broker.bootstrapServers(), "before the kill");
            // When
            broker.kill();
            assertThat(broker.isAlive()).isFalse();
            broker.start();
            send(broker.bootstrapServers(), "after the kill");
            // Then
            assertThat(read(broker.bootstrapServers(), 2)).containsExactly("before the kill", "after the kill");
            pid = broker.process().pid();
        }
        assertThat(TestProcesses.isAlive(pid)).isFalse();

        // When
        try (KafkaBroker elsewhere = KafkaBroker.single(parts, directory)) {
            elsewhere.start();
            send(elsewhere.bootstrapServers(), "on other ports");
            // Then
            assertThat(read(elsewhere.bootstrapServers(), 3)).endsWith("on other ports");
        }
    }

    @Test
    void anUnknownTopicIsNotCreatedAndAFrozenBrokerDoesNotAnswer() {
        // Given
        Map<String, String> overrides = Map.of("message.max.bytes", "2000000");
        List<Integer> ports = FreePorts.several(2);
        try (KafkaBroker broker = KafkaBroker.single(parts, directory, ports.getFirst(), ports.getLast(), overrides)) {
            broker.start();
            // When, Then
            assertThatThrownBy(() -> send(broker.bootstrapServers(), "into nowhere"))
                    .hasMessageContaining("walk");
            broker.pause();
            assertThat(KafkaProbe.answers(broker.port())).isFalse();
            broker.resume();
            assertThat(KafkaProbe.answers(broker.port())).isTrue();
            assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class);
            broker.stop();
            assertThat(broker.process().exitCode()).hasValue(128 + 15);
        }
    }

    @Test
    void threeBrokersGoOnWhenOneIsKilled() throws Exception {
        // Given
        try (KafkaCluster cluster = KafkaCluster.ofThree(parts, directory)) {
            cluster.start();
            createTopic(cluster.bootstrapServers(), "walk", 3);
            send(cluster.bootstrapServers(), "with three");
            // When
            cluster.brokers().getFirst().kill();
            send(cluster.bootstrapServers(), "with two");
            // Then
            assertThat(read(cluster.bootstrapServers(), 2)).containsExactly("with three", "with two");
            cluster.brokers().getFirst().start();
        }
    }

    private static void createTopic(String bootstrap, String topic, int replicas) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) replicas)))
                    .all()
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void send(String bootstrap, String value) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "acks", "all", "max.block.ms", "5000", "delivery.timeout.ms", "60000");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("walk", "key", value)).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static List<String> read(String bootstrap, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        long start = System.nanoTime();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("walk", 0)));
            while (values.size() < count && System.nanoTime() - start < DEADLINE.toNanos()) {
                consumer.poll(Duration.ofMillis(200)).forEach(element -> values.add(element.value()));
            }
        }
        return values;
    }
}
