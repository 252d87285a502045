package io.walkback.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import io.walkback.messaging.topic.Routes;
import io.walkback.operations.kafka.LogPlaces;
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One instance on a real broker and registry. Each test has a database of its own.
class SchedulerServiceIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final WorkerId WORKER = new WorkerId("test-worker", UUID.randomUUID());

    @TempDir
    static Path directory;

    private static TestPlatform platform;
    private static ConfigurableApplicationContext service;
    private static HttpClient http;
    private static String url;
    private static Path config;

    @BeforeAll
    static void start() throws IOException {
        platform = new TestPlatform(directory);
        config = directory.resolve("walkback.yml");
        Files.writeString(config, "databases:\n  filed: {host: 127.0.0.1, user: walkback}\n");
        Map<String, Object> properties = new HashMap<>(platform.environment("in-process"));
        properties.put("WALKBACK_CONFIG", config.toString());
        service = new SpringApplicationBuilder(SchedulerApplication.class)
                .properties(properties)
                .run();
        url = "http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port");
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        service.close();
        platform.close();
    }

    private record Answer(int status, JsonNode body, HttpResponse<String> raw) {}

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode(),
                    answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body()),
                    answer);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    private static Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private static void register(String name) {
        Answer answer = post(
                "/api/databases",
                "{\"name\":\"" + name + "\",\"host\":\"127.0.0.1\",\"user\":\"walkback\","
                        + "\"policy\":{\"streamWal\":false}}");
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
    }

    private static Operation operation(String database, String id) {
        String key = database + "/" + id;
        return await().atMost(TestPlatform.PATIENCE)
                .until(
                        () -> platform.read(Topics.OPERATIONS.name()).stream()
                                .filter(record -> record.key().equals(key))
                                .map(record -> (Operation) record.value())
                                .reduce((_, later) -> later),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private static RecordMetadata append(OperationRecord record) {
        try {
            return platform.producer.send(Routes.record(record)).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Epoch claim(String database, String id) {
        RecordMetadata place = append(new OperationRecord.Claimed(
                new DatabaseId(database),
                new OperationId(id),
                1,
                WORKER,
                Set.of(Resource.base(new DatabaseId(database))),
                Set.of(),
                Instant.now()));
        try (Admin admin = platform.clients.admin("test")) {
            return new Epoch(new LogPlaces(admin).topicId(), place.partition(), place.offset());
        }
    }

    private static Facts.BackedUp facts(String id) {
        return new Facts.BackedUp(
                new BackupId(id),
                new SystemIdentifier(42),
                150_019,
                TimelineId.FIRST,
                Lsn.parse("0/5000028"),
                Lsn.parse("0/5100100"),
                16 << 20,
                1_000,
                100,
                "sha256:00",
                Instant.parse("2026-11-22T02:00:00Z"),
                Instant.parse("2026-11-22T02:01:00Z"),
                0);
    }

    @Test // F17, pitfall 71
    void takesARequestOfAForeignProducerOnceHoweverOftenItIsSent() {
        // Given
        register("foreign");
        // When
        for (int i = 0; i < 5; i++) {
            platform.send(Samples.backupRequested("foreign", "f17"));
        }
        platform.send(Samples.backupRequested("foreign", "f17-after"));
        // Then
        operation("foreign", "f17-after");
        assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, o -> o.id().value()
                        .equals("f17")))
                .hasSize(1);
        assertThat(get("/api/operations/f17").body().path("state").stringValue())
                .isEqualTo("OPEN");
    }

    @Test // F15
    void putsPoisonAsideAndGoesOn() throws Exception {
        // Given
        register("poisoned");
        try (Producer<byte[], byte[]> raw = new KafkaProducer<>(platform.clients.rawProducer("poison"))) {
            raw.send(new ProducerRecord<>(
                            Topics.BACKUP_REQUESTED.name(), "poisoned".getBytes(UTF_8), new byte[] {1, 2, 3}))
                    .get(30, TimeUnit.SECONDS);
            raw.send(new ProducerRecord<>(Topics.BACKUP_REQUESTED.name(), "poisoned".getBytes(UTF_8), null))
                    .get(30, TimeUnit.SECONDS);
        }
        // When
        platform.send(Samples.backupRequested("poisoned", "after-poison"));
        // Then
        operation("poisoned", "after-poison");
        try (Admin admin = platform.clients.admin("test")) {
            var dead = new TopicPartition(Topics.BACKUP_REQUESTED.deadLetters().name(), 0);
            assertThat(admin.listOffsets(Map.of(dead, OffsetSpec.latest()))
                            .partitionResult(dead)
                            .get(30, TimeUnit.SECONDS)
                            .offset())
                    .isEqualTo(2);
        }
    }

    @Test
    void answersAndAuditsADestructiveRequestWithoutApproval() {
        // Given
        register("precious");
        // When
        platform.send(Samples.restoreRequested("precious", "destroy", true));
        // Then
        assertThat(operation("precious", "destroy").state().isTerminal()).isTrue();
        assertThat(platform.read(Topics.RESTORE_FAILED.name(), RestoreFailed.class, failed -> failed.operationId()
                        .value()
                        .equals("destroy")))
                .singleElement()
                .satisfies(failed -> {
                    assertThat(failed.problem().code()).isEqualTo(FailureCode.APPROVAL_REQUIRED);
                    assertThat(failed.finalAttempt()).isTrue();
                });
        assertThat(platform.read(
                        Topics.AUDIT_LOG.name(),
                        AuditEntry.class,
                        entry -> "destroy".equals(entry.requestId()) && entry.outcome() == AuditOutcome.DENIED))
                .isNotEmpty();
        assertThat(get("/api/operations/destroy")
                        .body()
                        .path("problem")
                        .path("code")
                        .stringValue())
                .isEqualTo("APPROVAL_REQUIRED");
    }

    @Test
    void rejectsADirectRequestForAnUnknownDatabase() {
        // When
        platform.send(Samples.backupRequested("nobody", "lost"));
        // Then
        operation("nobody", "lost");
        assertThat(platform.read(Topics.BACKUP_FAILED.name(), BackupFailed.class, failed -> failed.backupId()
                        .value()
                        .equals("lost")))
                .singleElement()
                .satisfies(failed -> assertThat(failed.problem().code()).isEqualTo(FailureCode.DATABASE_UNKNOWN));
    }

    @Test // P1
    void tellsABackupToForeignReadersOfEventsAndCatalogAndToTheApi() {
        // Given
        register("told");
        Answer created = post("/api/backup/create", "{\"database\":\"told\",\"backupId\":\"told-1\"}");
        assertThat(created.status()).as(created.raw().body()).isEqualTo(202);
        assertThat(created.raw().headers().firstValue("Location")).contains("/api/operations/told-1");
        assertThat(get("/api/operations/told-1").body().path("state").stringValue())
                .isEqualTo("OPEN");
        // When
        Epoch epoch = claim("told", "told-1");
        platform.send(new Heartbeat(
                new DatabaseId("told"),
                new OperationId("told-1"),
                epoch,
                WORKER,
                "copying",
                500,
                1_000L,
                Lsn.parse("0/5000100"),
                Instant.now()));
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> {
            JsonNode running = get("/api/operations/told-1").body();
            assertThat(running.path("state").stringValue()).isEqualTo("CLAIMED");
        });
        append(new OperationRecord.Copied(
                new DatabaseId("told"), new OperationId("told-1"), epoch, facts("told-1"), Instant.now()));
        append(new OperationRecord.Completed(
                new DatabaseId("told"), new OperationId("told-1"), epoch, facts("told-1"), Instant.now()));
        // Then
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        get("/api/backup/told-1").body().path("state").stringValue())
                .isEqualTo("COMPLETED"));
        assertThat(platform.read(Topics.BACKUP_COMPLETED.name(), BackupCompleted.class, done -> done.backupId()
                        .value()
                        .equals("told-1")))
                .hasSize(1);
        List<BackupCatalogEntry> catalog =
                platform.read(Topics.BACKUP_CATALOG.name(), BackupCatalogEntry.class, entry -> entry.backupId()
                        .value()
                        .equals("told-1"));
        assertThat(catalog)
                .extracting(BackupCatalogEntry::status)
                .containsExactly(
                        BackupStatus.REQUESTED,
                        BackupStatus.RUNNING,
                        BackupStatus.AWAITING_WAL,
                        BackupStatus.COMPLETED);
        JsonNode list =
                get("/api/backup/list?database=told&state=completed&limit=1").body();
        assertThat(list.path("items").get(0).path("storedBytes").longValue()).isEqualTo(100);
        assertThat(list.path("nextCursor").isNull()).isTrue();
        // The cluster that the first backup saw belongs to the name from then on.
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(get("/api/databases/told")
                        .body()
                        .path("systemIdentifier")
                        .stringValue())
                .isEqualTo("42"));
        JsonNode stats = get("/api/backup/stats").body();
        assertThat(stats.path("totalBackups").longValue()).isEqualTo(1);
        assertThat(stats.path("lastBackupStatus").stringValue()).isNotBlank();
    }

    @Test // pitfall 72
    void declaresAnAttemptLostWhoseWorkerFellSilent() {
        // Given
        register("silent");
        post("/api/backup/create", "{\"database\":\"silent\",\"backupId\":\"silent-1\"}");
        // When
        claim("silent", "silent-1");
        // Then
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(get("/api/operations/silent-1")
                        .body()
                        .path("problem")
                        .path("code")
                        .stringValue(""))
                .isEqualTo("LEASE_LOST"));
        assertThat(get("/api/operations/silent-1").body().path("state").stringValue())
                .isEqualTo("OPEN");
    }

    @Test
    void givesOneKeyOneOperation() {
        // Given
        register("keyed");
        String body = "{\"database\":\"keyed\"}";
        // When
        Answer first = post("/api/backup/create", body, "Idempotency-Key", "k1");
        await().atMost(TestPlatform.PATIENCE)
                .until(() -> platform.read(Topics.IDEMPOTENCY.name()).size() >= 1);
        Answer again = post("/api/backup/create", body, "Idempotency-Key", "k1");
        Answer other = post(
                "/api/backup/create", "{\"database\":\"keyed\",\"backupId\":\"another\"}", "Idempotency-Key", "k1");
        // Then
        assertThat(first.status()).isEqualTo(202);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.body().path("operationId")).isEqualTo(first.body().path("operationId"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body().path("code").stringValue()).isEqualTo("REQUEST_CONFLICT");
    }

    @Test
    void refusesBadRequestsWithCodeAndHint() {
        register("strict");
        refused(post("/api/backup/create", "{\"database\":\"unknown\"}"), 404, "DATABASE_UNKNOWN");
        refused(post("/api/backup/create", "{}"), 400, "REQUEST_INVALID");
        refused(post("/api/backup/create", "{"), 400, "REQUEST_INVALID");
        refused(post("/api/backup/create", "{\"database\":\"strict\",\"databse\":1}"), 400, "REQUEST_INVALID");
        refused(post("/api/backup/create", "{\"database\":\"strict\",\"type\":\"logical\"}"), 422, "NOT_SUPPORTED");
        String restore = "{\"database\":\"strict\",\"host\":\"db2\",\"directory\":\"%s\"%s}";
        refused(post("/api/backup/restore", restore.formatted("relative", "")), 422, "REQUEST_INVALID");
        refused(
                post("/api/backup/restore", restore.formatted("/srv/n", ",\"targetTime\":\"2026-11-22 03:15:00\"")),
                422,
                "REQUEST_INVALID");
        refused(
                post("/api/backup/restore", restore.formatted("/srv/n", ",\"target\":\"latest\",\"targetXid\":\"7\"")),
                400,
                "REQUEST_INVALID");
        refused(
                post("/api/backup/restore", restore.formatted("/srv/n", ",\"validateOnly\":true")),
                422,
                "NOT_SUPPORTED");
        refused(post("/api/backup/verify", "{\"backupId\":\"none\"}"), 404, "BACKUP_UNKNOWN");
        refused(get("/api/operations/none"), 404, "OPERATION_UNKNOWN");
        refused(get("/api/backup/none"), 404, "BACKUP_UNKNOWN");
        refused(get("/api/backup/list?limit=0"), 400, "REQUEST_INVALID");
        refused(get("/api/backup/list?cursor=!"), 400, "REQUEST_INVALID");
        refused(get("/api/nowhere"), 404, "REQUEST_INVALID");
        refused(post("/api/databases", "{\"name\":\"filed\",\"host\":\"a\",\"user\":\"b\"}"), 409, "REQUEST_CONFLICT");
        refused(
                post("/api/databases", "{\"name\":\"x\",\"host\":\"a\",\"user\":\"b\",\"policy\":{\"cron\":\"x\"}}"),
                400,
                "REQUEST_INVALID");
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.raw().headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.body().path("code").stringValue()).isEqualTo(code);
        assertThat(answer.body().path("hint").stringValue()).isNotBlank();
        assertThat(answer.body().path("type").stringValue()).isEqualTo("urn:walkback:failure:" + code);
    }

    @Test
    void opensARestoreAndLetsItBePausedReleasedAndCancelled() {
        // Given
        register("moved");
        Answer created = post(
                "/api/backup/restore",
                "{\"database\":\"moved\",\"host\":\"db2\",\"directory\":\"/srv/new\",\"requestId\":\"moved-r\","
                        + "\"targetTime\":\"2026-11-22T04:15:00.25+01:00\",\"timeline\":3}");
        assertThat(created.status()).as(created.raw().body()).isEqualTo(202);
        assertThat(created.body()
                        .path("operation")
                        .path("command")
                        .path("target")
                        .stringValue())
                .isEqualTo("time 2026-11-22T03:15:00.250Z");
        // When
        Answer paused = post("/api/operations/moved-r/pause", "");
        Answer released = post("/api/operations/moved-r/release", "");
        Answer cancelled = post("/api/operations/moved-r/cancel", "");
        Answer late = post("/api/operations/moved-r/cancel", "");
        // Then
        assertThat(paused.status()).isEqualTo(202);
        assertThat(paused.body().path("paused").booleanValue()).isTrue();
        assertThat(released.body().path("paused").booleanValue()).isFalse();
        assertThat(cancelled.body().path("state").stringValue()).isEqualTo("CANCELLED");
        refused(late, 409, "REQUEST_CONFLICT");
        assertThat(get("/api/operations?database=moved&kind=restore&state=cancelled")
                        .body()
                        .path("items")
                        .size())
                .isEqualTo(1);
        assertThat(get("/api/operations?database=moved&live=true")
                        .body()
                        .path("items")
                        .size())
                .isZero();
    }

    @Test
    void keepsOneReceptionForADatabaseThatStreamsAndEndsItWithTheDatabase() {
        // Given
        post("/api/databases", "{\"name\":\"streams\",\"host\":\"127.0.0.1\",\"user\":\"walkback\"}");
        // When
        operation("streams", "wal-streams");
        HttpRequest.Builder delete = HttpRequest.newBuilder(URI.create(url + "/api/databases/streams"))
                .DELETE();
        assertThat(send(delete).status()).isEqualTo(204);
        // Then
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        get("/api/operations/wal-streams").body().path("state").stringValue())
                .isEqualTo("CANCELLED"));
        refused(get("/api/databases/streams"), 404, "DATABASE_UNKNOWN");
    }

    @Test
    void appliesTheFileAgainWhenItChanges() throws IOException {
        // Given
        assertThat(get("/api/databases/filed").body().path("managedBy").stringValue())
                .isEqualTo("file");
        // When
        Files.writeString(config, """
            databases:
              filed: {host: 127.0.0.1, user: walkback}
              added: {host: 127.0.0.1, user: walkback, passwordRef: "env:ADDED", policy: {retention: 7d}}
            """);
        // Then
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        platform.read(Topics.DATABASES.name(), DatabaseRegistration.class, database -> database.id()
                                .value()
                                .equals("added")))
                .hasSize(1));
        JsonNode added = get("/api/databases/added").body();
        assertThat(added.path("passwordRef").stringValue()).isEqualTo("env:ADDED");
        assertThat(added.path("policy").path("retention").stringValue()).isEqualTo("7d");
        assertThat(post("/api/databases/added/adopt", "{\"systemIdentifier\":\"77\"}")
                        .body()
                        .path("systemIdentifier")
                        .stringValue())
                .isEqualTo("77");
    }

    @Test
    void runsAScheduleOnceForEachOccurrence() {
        // When
        post(
                "/api/databases",
                "{\"name\":\"timed\",\"host\":\"127.0.0.1\",\"user\":\"walkback\","
                        + "\"policy\":{\"cron\":\"0/2 * * * * *\",\"streamWal\":false}}");
        List<BackupRequested> requested = await().atMost(TestPlatform.PATIENCE)
                .until(
                        () -> platform.read(
                                Topics.BACKUP_REQUESTED.name(),
                                BackupRequested.class,
                                request -> request.database().value().equals("timed")),
                        found -> found.size() >= 3);
        post(
                "/api/databases",
                "{\"name\":\"timed\",\"host\":\"127.0.0.1\",\"user\":\"walkback\","
                        + "\"policy\":{\"enabled\":false,\"streamWal\":false}}");
        // Then
        assertThat(requested).extracting(BackupRequested::requestId).doesNotHaveDuplicates();
        assertThat(requested)
                .allSatisfy(request -> assertThat(request.requestId()).matches("timed-2\\d{7}T\\d{6}Z"));
    }

    @Test
    void tellsItsHealthAndFigures() throws Exception {
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(http.send(
                                HttpRequest.newBuilder(URI.create(url + "/actuator/prometheus"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body())
                .contains("jvm_memory_used_bytes");
        Answer health = get("/health/backup");
        assertThat(health.status()).as(health.raw().body()).isEqualTo(200);
        assertThat(health.body().path("info").path("backup").path("status").stringValue())
                .isEqualTo("up");
    }
}
