package io.walkback.restore.worker;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.topic.Routes;
import io.walkback.messaging.topic.TopicAdmin;
import io.walkback.operations.kafka.LogPlaces;
import io.walkback.restore.SourceCluster;
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// Broker, registry and restore-workers as real processes, with a lease of 3 s; no scheduler: the test opens
/// operations itself.
///
/// Times in records are the wall clock's: the services that judge them run on it.
final class Platform implements AutoCloseable {
    private final KafkaBroker broker;
    private final SchemaRegistry registry;
    private final Path directory;
    /// Part of each epoch: with another one the records of an attempt would be void here.
    private final String topicId;
    private final KafkaClients clients;
    private final Consumer<String, Object> reader;
    private final OperationFold fold = new OperationFold();
    private final List<ChildProcess> workers = new ArrayList<>();

    Platform(Path directory) throws IOException {
        this.directory = directory;
        Parts parts = Parts.fromSystemProperty();
        broker = KafkaBroker.single(parts, Files.createDirectories(directory.resolve("broker")));
        registry = SchemaRegistry.inMemory(parts, Files.createDirectories(directory.resolve("registry")));
        registry.start();
        broker.start();
        clients = new KafkaClients(new KafkaSettings(
                broker.bootstrapServers(), registry.url(), directory.resolve("test-state"), true, Map.of()));
        try (Admin admin = clients.admin("test")) {
            new TopicAdmin(admin, true).ensure();
            topicId = new LogPlaces(admin).topicId();
        }
        reader = clients.reader("test-log");
        List<TopicPartition> partitions = IntStream.range(0, Topics.DATABASE_PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topics.OPERATION_LOG.name(), partition))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
    }

    /// Starts a worker by environment alone.
    ///
    /// @param killPoint where it dies, empty for nowhere
    ChildProcess startWorker(String node, SourceCluster source, String killPoint) throws IOException {
        Path home = Files.createDirectories(directory.resolve("worker-" + workers.size()));
        Path jar = Path.of(System.getProperty("walkback.root"), "restore-worker", "target", "restore-worker.jar");
        Map<String, String> environment = new HashMap<>(settings(node, source, home));
        if (!killPoint.isEmpty()) {
            environment.put("WALKBACK_KILL_POINT", killPoint);
        }
        List<String> arguments = List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-D" + Parts.PROPERTY + "=" + System.getProperty(Parts.PROPERTY),
                "-jar",
                jar.toString());
        ChildProcess worker = ChildProcess.start(
                Launch.of("restore-worker", JavaCommand.with(256, arguments), home, home.resolve("worker.log"))
                        .withEnvironment(environment));
        workers.add(worker);
        return worker;
    }

    /// Runs a worker within this process, until its context is closed.
    ConfigurableApplicationContext runWorker(String node, SourceCluster source) throws IOException {
        Map<String, Object> settings = new HashMap<>(settings(node, source, directory.resolve("within")));
        return new SpringApplicationBuilder(RestoreWorkerApplication.class)
                .properties(settings)
                .run();
    }

    private Map<String, String> settings(String node, SourceCluster source, Path home) {
        return Map.of(
                "WALKBACK_KAFKA_BOOTSTRAP_SERVERS",
                broker.bootstrapServers(),
                "WALKBACK_SCHEMA_REGISTRY_URL",
                registry.url(),
                "WALKBACK_KAFKA_SINGLE_BROKER",
                "true",
                "WALKBACK_REPOSITORY_URL",
                source.repositoryFolder().toUri().toString(),
                "WALKBACK_KEY",
                "file:" + source.keyFile(),
                "WALKBACK_NODE_NAME",
                node,
                "WALKBACK_STATE_DIR",
                home.resolve("state").toString(),
                "WALKBACK_OPERATIONS_LEASE",
                "3s");
    }

    void open(DatabaseId database, String id, Command command) throws Exception {
        send(new OperationRecord.Opened(
                database, new OperationId(id), command, Map.of(), 3, "test", null, Instant.now()));
    }

    private void send(OperationRecord record) throws Exception {
        try (Producer<String, Object> producer = clients.producer("test")) {
            producer.send(Routes.record(record)).get();
        }
    }

    /// The operation as the log up to now has it.
    Optional<Operation> find(String id) {
        for (ConsumerRecord<String, Object> record : reader.poll(Duration.ofMillis(200))) {
            var _ = fold.apply(
                    (OperationRecord) record.value(), new Epoch(topicId, record.partition(), record.offset()));
        }
        return fold.find(new OperationId(id));
    }

    @Override
    public void close() {
        workers.forEach(ChildProcess::kill);
        reader.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        broker.close();
        registry.close();
    }
}
