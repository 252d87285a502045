package io.walkback.backup;

import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
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
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/// Broker, registry and backup-workers as real processes, with a lease of 3 s; no scheduler: the test opens
/// operations itself.
///
/// Times in records are the wall clock's: the services that judge them run on it.
final class WorkerProcesses implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(2);

    final KafkaBroker broker;
    final SchemaRegistry registry;
    private final Path directory;
    private final KafkaClients clients;
    private final List<ChildProcess> workers = new ArrayList<>();
    private final List<OperationRecord> log = new ArrayList<>();
    private final OperationFold fold = new OperationFold();
    private final Consumer<String, Object> reader;
    private final String topicId;

    WorkerProcesses(Path directory) throws IOException {
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
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < Topics.DATABASE_PARTITIONS; i++) {
            partitions.add(new TopicPartition(Topics.OPERATION_LOG.name(), i));
        }
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
    }

    /// Starts a worker by environment alone.
    ///
    /// @param killPoint where it dies, empty for nowhere
    ChildProcess startWorker(String name, String killPoint) throws IOException {
        return startWorker(name, killPoint, Map.of());
    }

    /// @param more settings of the environment
    ChildProcess startWorker(String name, String killPoint, Map<String, String> more) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Path jar = Path.of(System.getProperty("walkback.root"), "backup-worker", "target", "backup-worker.jar");
        Map<String, String> environment = new HashMap<>(Map.of(
                "WALKBACK_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                "WALKBACK_SCHEMA_REGISTRY_URL", registry.url(),
                "WALKBACK_KAFKA_SINGLE_BROKER", "true",
                "WALKBACK_REPOSITORY_URL",
                        directory.resolve("repository").toUri().toString(),
                "WALKBACK_NODE_NAME", name,
                "WALKBACK_STATE_DIR", home.resolve("state").toString(),
                "WAL_ARCHIVE_DIR", home.resolve("spool").toString(),
                "WALKBACK_OPERATIONS_LEASE", "3s"));
        environment.putAll(more);
        environment.put("WALKBACK_KEY", "file:" + Store.key(directory.resolve("repository")));
        if (!killPoint.isEmpty()) {
            environment.put("WALKBACK_KILL_POINT", killPoint);
        }
        ChildProcess worker = ChildProcess.start(Launch.of(
                        name,
                        JavaCommand.with(256, List.of("--enable-native-access=ALL-UNNAMED", "-jar", jar.toString())),
                        home,
                        home.resolve("worker.log"))
                .withEnvironment(environment));
        workers.add(worker);
        return worker;
    }

    void register(DatabaseRegistration registration) {
        send(registration);
    }

    void open(String id, Command command) {
        send(new OperationRecord.Opened(
                Cluster.SHOP, new OperationId(id), command, Map.of(), 9, "test", null, Instant.now()));
    }

    void openBackup(String id) {
        open(id, new Command.TakeBackup(new BackupId(id)));
    }

    private void send(Object message) {
        try (Producer<String, Object> producer = clients.producer("test")) {
            producer.send(Routes.record(message)).get();
        } catch (ExecutionException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    /// The operation's state as the log up to now has it.
    OperationState state(String id) {
        for (ConsumerRecord<String, Object> record : reader.poll(Duration.ofMillis(200))) {
            OperationRecord value = (OperationRecord) record.value();
            var _ = fold.apply(value, new Epoch(topicId, record.partition(), record.offset()));
            log.add(value);
        }
        return fold.find(new OperationId(id)).orElseThrow().state();
    }

    /// How many claims of the operation were won, as of the last look at the log.
    int attempts(String id) {
        return fold.find(new OperationId(id)).orElseThrow().attempts();
    }

    /// Every record of the log so far, void ones included.
    List<OperationRecord> log() {
        return log;
    }

    <S extends OperationState> S awaitState(String id, Class<S> wanted) {
        await().atMost(PATIENCE)
                .ignoreException(java.util.NoSuchElementException.class)
                .until(() -> {
                    OperationState now = state(id);
                    if (now.isTerminal() && !wanted.isInstance(now)) {
                        throw new AssertionError("operation " + id + " ended as " + now);
                    }
                    return wanted.isInstance(now);
                });
        return wanted.cast(state(id));
    }

    /// Waits until the archiving of each of these segments was told.
    void awaitTold(Set<String> segments) {
        try (Consumer<String, Object> facts = clients.reader("test-wal")) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < Topics.DATABASE_PARTITIONS; i++) {
                partitions.add(new TopicPartition(Topics.WAL_SEGMENT_ARCHIVED.name(), i));
            }
            facts.assign(partitions);
            facts.seekToBeginning(partitions);
            Set<String> told = new HashSet<>();
            await().atMost(PATIENCE).until(() -> {
                facts.poll(Duration.ofMillis(200))
                        .forEach(record -> told.add(((WalSegmentArchived) record.value()).segment()));
                return told.containsAll(segments);
            });
        }
    }

    @Override
    public void close() {
        workers.forEach(ChildProcess::kill);
        reader.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
        broker.close();
        registry.close();
    }
}
