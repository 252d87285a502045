package io.walkback.operations.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Resource;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.LeaseTimes;
import io.walkback.operations.LogReader;
import io.walkback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class OperationsOnKafkaIT {
    private static final LeaseTimes LEASE = new LeaseTimes(Duration.ofSeconds(3));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant T0 = Instant.parse("2026-11-22T02:00:00Z");

    private final KafkaBroker broker;
    private final SchemaRegistry registry;
    private final KafkaClients clients;
    private final List<WorkerRuntime> runtimes = new ArrayList<>();
    private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
    private final Queue<String> runs = new ConcurrentLinkedQueue<>();

    OperationsOnKafkaIT(@TempDir Path directory) {
        Parts parts = Parts.fromSystemProperty();
        broker = KafkaBroker.single(parts, directory.resolve("broker"));
        registry = SchemaRegistry.inMemory(parts, directory.resolve("registry"));
        broker.start();
        registry.start();
        clients = new KafkaClients(new KafkaSettings(
                broker.bootstrapServers(), registry.url(), directory.resolve("state"), true, Map.of()));
    }

    @BeforeAll
    void createTopics() throws Exception {
        try (Admin admin = clients.admin("topics")) {
            List<NewTopic> topics = Stream.of(Topics.OPERATION_LOG, Topics.OPERATIONS, Topics.OPERATION_HEARTBEATS)
                    .map(spec -> new NewTopic(spec.name(), spec.partitions(), (short) 1).configs(spec.configuration()))
                    .toList();
            admin.createTopics(topics).all().get();
        }
    }

    @AfterEach
    void closeRuntimes() {
        runtimes.forEach(WorkerRuntime::close);
        runtimes.clear();
    }

    @AfterAll
    void stopParts() {
        registry.close();
        broker.close();
    }

    @Test // P2, P8, F09
    void runsEachOperationOnceAlthoughTheBrokerIsKilledMeanwhile() throws Exception {
        // Given
        WorkerRuntime anne = runtime("anne");
        runtime("bert");
        for (int i = 0; i < 6; i++) {
            open(anne, "once" + i);
        }
        await().atMost(PATIENCE).until(() -> !runs.isEmpty());
        // When
        broker.kill();
        broker.start();
        // Then
        for (int i = 0; i < 6; i++) {
            String id = "once" + i;
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(state(id)).isInstanceOf(OperationState.Completed.class));
            assertThat(runs).filteredOn(id::equals).as(id).hasSize(1);
        }
        assertThat(fatal).isEmpty();
    }

    @Test
    void startsFromTheSnapshotWhenTheLogBeforeItIsGoneAndRefusesAHole() throws Exception {
        // Given
        WorkerRuntime anne = runtime("anne");
        open(anne, "kept");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(state("kept")).isInstanceOf(OperationState.Completed.class));
        anne.close();
        OperationFold fold = folded();
        Map<TopicPartition, RecordsToDelete> upToSnapshot = project(fold);
        // When
        deleteLog(upToSnapshot);
        // Then
        WorkerRuntime bert = runtime("bert");
        assertThat(bert.live().awaitCaughtUp(PATIENCE)).isTrue();
        open(bert, "kept"); // the same id once more
        open(bert, "after");
        await().atMost(PATIENCE).until(() -> runs.contains("after"));
        assertThat(runs).filteredOn("kept"::equals).hasSize(1);
        assertThat(fatal).isEmpty();
        // When
        Map<TopicPartition, RecordsToDelete> pastSnapshot = new HashMap<>();
        ends().forEach((partition, end) -> pastSnapshot.put(partition, RecordsToDelete.beforeOffset(end)));
        bert.close();
        deleteLog(pastSnapshot);
        runtime("cleo");
        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(fatal).anySatisfy(fault -> assertThat(fault)
                .isInstanceOfSatisfying(PlatformException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(FailureCode.LOG_TRUNCATED))));
    }

    private WorkerRuntime runtime(String node) throws InterruptedException {
        WorkerRuntime runtime = WorkerRuntime.start(
                clients,
                new WorkerRuntime.Settings(node, LEASE, PATIENCE),
                Clock.systemUTC(),
                _ -> List.of(new OneSecondOfWork()),
                fatal::add);
        runtimes.add(runtime);
        return runtime;
    }

    private static void open(WorkerRuntime runtime, String id) {
        runtime.log()
                .append(new OperationRecord.Opened(
                        new DatabaseId("db-" + id),
                        new OperationId(id),
                        new Command.Verify(new BackupId(id)),
                        Map.of(),
                        3,
                        "test",
                        null,
                        T0))
                .join();
    }

    private OperationState state(String id) throws Exception {
        return folded().find(new OperationId(id)).map(Operation::state).orElseThrow(AssertionError::new);
    }

    private OperationFold folded() throws Exception {
        try (Admin admin = clients.admin("test");
                KafkaLogReader reader = new KafkaLogReader(clients.reader("test"), new LogPlaces(admin))) {
            OperationFold fold = new OperationFold();
            reader.begin(fold);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            do {
                for (LogReader.Logged logged : reader.poll(Duration.ofMillis(200))) {
                    fold.apply(logged.record(), logged.place());
                }
                assertThat(System.nanoTime()).isLessThan(deadline);
            } while (!reader.caughtUp());
            return fold;
        }
    }

    /// Writes what a projector would, and answers up to where the log is no longer needed.
    private Map<TopicPartition, RecordsToDelete> project(OperationFold fold) throws Exception {
        Map<TopicPartition, RecordsToDelete> needless = new HashMap<>();
        try (Producer<String, Object> producer = clients.producer("test")) {
            for (Operation operation : fold.all()) {
                String database = operation.database().value();
                int partition = producer.partitionsFor(Topics.OPERATION_LOG.name()).stream()
                        .mapToInt(info -> info.partition())
                        .filter(each -> fold.position(each) >= operation.stateVersion())
                        .filter(each -> partitionOf(database) == each)
                        .findFirst()
                        .orElseThrow();
                producer.send(new ProducerRecord<>(
                                Topics.OPERATIONS.name(), partition, database + "/" + operation.id(), operation))
                        .get();
                needless.merge(
                        new TopicPartition(Topics.OPERATION_LOG.name(), partition),
                        RecordsToDelete.beforeOffset(operation.stateVersion() + 1),
                        (a, b) -> a.beforeOffset() > b.beforeOffset() ? a : b);
            }
        }
        return needless;
    }

    private static int partitionOf(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % Topics.DATABASE_PARTITIONS;
    }

    private void deleteLog(Map<TopicPartition, RecordsToDelete> before) throws Exception {
        try (Admin admin = clients.admin("test")) {
            admin.deleteRecords(before).all().get();
        }
    }

    private Map<TopicPartition, Long> ends() {
        try (var consumer = clients.reader("test")) {
            return consumer.endOffsets(KafkaLogReader.partitions(Topics.OPERATION_LOG.name()));
        }
    }

    private final class OneSecondOfWork implements AttemptHandler {
        @Override
        public OperationKind kind() {
            return OperationKind.VERIFICATION;
        }

        @Override
        public int slots() {
            return 1;
        }

        @Override
        public boolean canDo(Operation operation) {
            return true;
        }

        @Override
        public Needs needs(Operation operation) {
            return new Needs(Set.of(new Resource("verify:" + operation.database())), Set.of());
        }

        @Override
        public Result run(Attempt attempt) {
            runs.add(attempt.operation().id().value());
            await().pollDelay(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> true);
            return new Result.Done(new Facts.Verified(1, 1, 0, null));
        }
    }
}
