package io.walkback.scheduler;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.topic.Routes;
import io.walkback.operations.kafka.LogPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;

/// A real broker and registry, and scheduler-services as processes of their own.
///
/// Times in records are the wall clock's: the services that judge them run on it.
final class TestPlatform implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final WorkerId WORKER = new WorkerId("test-worker", UUID.randomUUID());

    final Path directory;
    final KafkaBroker broker;
    final SchemaRegistry registry;
    final KafkaClients clients;
    final Producer<String, Object> producer;
    private final List<ChildProcess> services = new ArrayList<>();

    TestPlatform(Path directory) {
        this.directory = directory;
        Parts parts = Parts.fromSystemProperty();
        broker = KafkaBroker.single(parts, directory.resolve("broker"));
        registry = SchemaRegistry.inMemory(parts, directory.resolve("registry"));
        broker.start();
        registry.start();
        clients = new KafkaClients(
                new KafkaSettings(broker.bootstrapServers(), registry.url(), directory.resolve("ids"), true, Map.of()));
        producer = clients.producer("test");
    }

    /// What a process, or a context, is told.
    Map<String, String> environment(String node) {
        Map<String, String> environment = new HashMap<>();
        environment.put("WALKBACK_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
        environment.put("WALKBACK_SCHEMA_REGISTRY_URL", registry.url());
        environment.put("WALKBACK_KAFKA_SINGLE_BROKER", "true");
        environment.put("WALKBACK_STATE_DIR", directory.resolve("state-" + node).toString());
        environment.put("WALKBACK_NODE_NAME", node);
        environment.put("WALKBACK_OPERATIONS_LEASE", "3s");
        return environment;
    }

    /// Starts the packaged service.
    ChildProcess service(String node, Map<String, String> more) {
        Map<String, String> environment = environment(node);
        environment.putAll(more);
        ChildProcess service = ChildProcess.start(Launch.of(
                        node,
                        JavaCommand.with(
                                256, List.of("-XX:TieredStopAtLevel=1", "-jar", "target/scheduler-service.jar")),
                        Path.of("").toAbsolutePath(),
                        log(node))
                .withEnvironment(environment));
        services.add(service);
        return service;
    }

    Path log(String node) {
        return directory.resolve(node + ".log");
    }

    boolean logs(String node, String text) {
        try {
            return Files.exists(log(node)) && Files.readString(log(node)).contains(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    RecordMetadata send(Object message) {
        try {
            return producer.send(Routes.record(message)).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Claims an operation, as a worker that is quick enough would.
    Epoch claim(String database, String id) {
        RecordMetadata place = send(new OperationRecord.Claimed(
                new DatabaseId(database),
                new OperationId(id),
                1,
                WORKER,
                Set.of(Resource.base(new DatabaseId(database))),
                Set.of(),
                Instant.now()));
        try (Admin admin = clients.admin("test")) {
            return new Epoch(new LogPlaces(admin).topicId(), place.partition(), place.offset());
        }
    }

    /// Ends a claimed backup well.
    void complete(String database, String id, Epoch epoch) {
        complete(database, id, epoch, Samples.facts(id));
    }

    void complete(String database, String id, Epoch epoch, Facts.BackedUp facts) {
        send(new OperationRecord.Copied(new DatabaseId(database), new OperationId(id), epoch, facts, Instant.now()));
        send(new OperationRecord.Completed(new DatabaseId(database), new OperationId(id), epoch, facts, Instant.now()));
    }

    /// Everything committed on a topic up to its end now, poison left out.
    List<ConsumerRecord<String, Object>> read(String topic) {
        try (Consumer<String, Object> consumer = clients.reader("test-reader")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, Object>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                try {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                } catch (RecordDeserializationException poison) {
                    // What a test put there on purpose.
                    consumer.seek(poison.topicPartition(), poison.offset() + 1);
                }
            }
            return records;
        }
    }

    <T> List<T> read(String topic, Class<T> type, Predicate<T> wanted) {
        return read(topic).stream()
                .map(ConsumerRecord::value)
                .filter(type::isInstance)
                .map(type::cast)
                .filter(wanted)
                .toList();
    }

    @Override
    public void close() {
        services.forEach(service -> {
            if (service.isAlive()) {
                service.kill();
            }
        });
        producer.close(Duration.ofSeconds(1));
        registry.close();
        broker.close();
    }
}
