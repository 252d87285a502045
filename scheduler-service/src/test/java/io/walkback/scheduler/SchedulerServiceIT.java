package io.walkback.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationState;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
///
/// Times in records are the wall clock's: the services that judge them run on it.
class SchedulerServiceIT {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path directory;

    private static TestPlatform platform;
    private static ForeignClient stranger;
    private static ConfigurableApplicationContext service;
    private static HttpClient http;
    private static String url;
    private static Path config;

    @BeforeAll
    static void start() throws IOException {
        platform = new TestPlatform(directory);
        stranger = new ForeignClient(platform.broker.bootstrapServers(), platform.registry.url());
        config = directory.resolve("walkback.yml");
        Files.writeString(config, "databases:\n  filed: {host: 127.0.0.1, user: walkback}\n");
        Map<String, Object> properties = new HashMap<>(platform.environment("in-process"));
        properties.put("WALKBACK_CONFIG", config.toString());
        properties.put("BACKUP_RETENTION_DAYS", "9");
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
        stranger.close();
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

    /// Asks for a backup through the API, after which the registry knows the schema of such requests.
    private static void createByApi(String database, String id) {
        Answer created = post("/api/backup/create", "{\"database\":\"" + database + "\",\"backupId\":\"" + id + "\"}");
        assertThat(created.status()).as(created.raw().body()).isEqualTo(202);
    }

    private static void backupByStranger(String database, String id, String type) {
        String topic = Topics.BACKUP_REQUESTED.name();
        ForeignClient.Registered known = stranger.newest(topic);
        stranger.send(topic, database, known.id(), ForeignClient.backupRequested(known.schema(), database, id, type));
    }

    @Test // F17, pitfall 71
    void treatsACommandOfAForeignProducerLikeOneOfTheApi() {
        // Given
        register("foreign");
        createByApi("foreign", "by-api");
        // When
        for (int i = 0; i < 5; i++) {
            backupByStranger("foreign", "by-topic", "PHYSICAL");
        }
        backupByStranger("foreign", "by-api", "PHYSICAL");
        backupByStranger("foreign", "logical", "LOGICAL");
        backupByStranger("foreign", "strange", "UNKNOWN");
        backupByStranger("foreign", "last", "PHYSICAL");
        // Then: deduplicated, across both ways
        operation("foreign", "last");
        for (String id : List.of("by-topic", "by-api")) {
            assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, o -> o.id().value()
                            .equals(id)))
                    .hasSize(1);
        }
        // And: validated
        refused(post("/api/backup/create", "{\"database\":\"foreign\",\"dbnames\":[\"a\"]}"), 422, "REQUEST_INVALID");
        assertThat(get("/api/operations/strange").body().at("/problem/code").stringValue())
                .isEqualTo("REQUEST_INVALID");
        // And: a logical one is one of its own type
        assertThat(get("/api/backup/list?database=foreign&type=logical").body().at("/items"))
                .hasSize(1)
                .allSatisfy(backup -> assertThat(backup.get("id").stringValue()).isEqualTo("logical"));
        // And: answered
        JsonNode byApi = get("/api/operations/by-api").body();
        JsonNode byTopic = get("/api/operations/by-topic").body();
        assertThat(byTopic.path("requestedBy").stringValue()).isEqualTo("a stranger");
        assertThat(byTopic.propertyNames()).containsExactlyElementsOf(byApi.propertyNames());
        for (String field : List.of("kind", "state", "over", "attempts", "attemptsLeft", "problem")) {
            assertThat(byTopic.path(field)).as(field).isEqualTo(byApi.path(field));
        }
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
    void answersAndAuditsADestructiveRequestOfAForeignProducerWithoutApproval() {
        // Given
        register("precious");
        Answer harmless =
                post("/api/backup/restore", "{\"database\":\"precious\",\"host\":\"db2\",\"directory\":\"/srv/new\"}");
        assertThat(harmless.status()).as(harmless.raw().body()).isEqualTo(202);
        String topic = Topics.RESTORE_REQUESTED.name();
        ForeignClient.Registered known = stranger.newest(topic);
        // When
        stranger.send(
                topic,
                "precious",
                known.id(),
                ForeignClient.destructiveRestoreRequested(known.schema(), "precious", "destroy"));
        // Then
        assertThat(operation("precious", "destroy").state()).isInstanceOf(OperationState.Rejected.class);
        assertThat(stranger.read(Topics.RESTORE_FAILED.name(), ForeignClient.has("operationId", "destroy")))
                .singleElement()
                .satisfies(failed -> {
                    assertThat(failed.get("code")).hasToString("APPROVAL_REQUIRED");
                    assertThat(failed.get("finalAttempt")).isEqualTo(true);
                    assertThat(failed.get("database")).hasToString("precious");
                });
        assertThat(platform.read(
                        Topics.AUDIT_LOG.name(),
                        AuditEntry.class,
                        entry -> "destroy".equals(entry.requestId()) && entry.outcome() == AuditOutcome.DENIED))
                .isNotEmpty();
        JsonNode told = get("/api/operations/destroy").body();
        assertThat(told.path("state").stringValue()).isEqualTo("REJECTED");
        assertThat(told.at("/problem/code").stringValue()).isEqualTo("APPROVAL_REQUIRED");
    }

    @Test
    void rejectsADirectRequestForAnUnknownDatabase() {
        // Given
        register("known");
        createByApi("known", "known-1");
        // When
        backupByStranger("nobody", "lost", "PHYSICAL");
        // Then
        operation("nobody", "lost");
        assertThat(stranger.read(Topics.BACKUP_FAILED.name(), ForeignClient.has("backupId", "lost")))
                .singleElement()
                .satisfies(failed -> assertThat(failed.get("code")).hasToString("DATABASE_UNKNOWN"));
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
        Epoch epoch = platform.claim("told", "told-1");
        platform.send(new Heartbeat(
                new DatabaseId("told"),
                new OperationId("told-1"),
                epoch,
                TestPlatform.WORKER,
                "copying",
                500,
                1_000L,
                400L,
                100L,
                Lsn.parse("0/5000100"),
                1_500L,
                2_500L,
                Instant.now()));
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> {
            JsonNode running = get("/api/operations/told-1").body();
            assertThat(running.path("state").stringValue()).isEqualTo("CLAIMED");
            assertThat(running.path("progress").path("bytesKept").longValue()).isEqualTo(400);
            assertThat(running.path("progress").path("secondsLeft").longValue()).isEqualTo(5);
            assertThat(running.path("progress").path("exposedMillis").longValue())
                    .isEqualTo(1_500);
        });
        platform.complete("told", "told-1", epoch);
        // Then
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        get("/api/backup/told-1").body().path("state").stringValue())
                .isEqualTo("COMPLETED"));
        assertThat(stranger.read(Topics.BACKUP_COMPLETED.name(), ForeignClient.has("backupId", "told-1")))
                .hasSize(1);
        assertThat(stranger.read(Topics.BACKUP_CATALOG.name(), ForeignClient.has("backupId", "told-1")))
                .extracting(entry -> entry.get("status").toString())
                .containsExactly("REQUESTED", "RUNNING", "AWAITING_WAL", "COMPLETED");
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
        assertThat(stats.path("databases"))
                .filteredOn(each -> each.path("database").stringValue().equals("told"))
                .singleElement()
                .satisfies(each ->
                        assertThat(each.path("totalBackups").longValue()).isEqualTo(1));
        assertThat(stats.path("lastBackupStatus").stringValue()).isNotBlank();
    }

    @Test // pitfall 72
    void declaresAnAttemptLostWhoseWorkerFellSilent() {
        // Given
        register("silent");
        post("/api/backup/create", "{\"database\":\"silent\",\"backupId\":\"silent-1\"}");
        // When
        platform.claim("silent", "silent-1");
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
        refused(post("/api/backup/create", "{\"database\":\"strict\",\"type\":\"partial\"}"), 400, "REQUEST_INVALID");
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
                post("/api/backup/restore", restore.formatted("/srv/n", ",\"planDigest\":\"none\"")),
                422,
                "REQUEST_INVALID");
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
        refused(
                post(
                        "/api/databases",
                        "{\"name\":\"x\",\"host\":\"a\",\"user\":\"b\",\"policy\":{\"immutability\":\"for ever\"}}"),
                400,
                "REQUEST_INVALID");
    }

    @Test // F16
    void tellsTheCallerThatARequestIsLargerThanItsTopicAccepts() {
        // Given
        register("large");
        String moves = IntStream.range(0, 300)
                .mapToObj(i -> "\"/old/" + i + "\":\"/new/" + "x".repeat(4_000) + "\"")
                .collect(Collectors.joining(","));
        // When
        Answer answer = post(
                "/api/backup/restore",
                "{\"database\":\"large\",\"host\":\"db2\",\"directory\":\"/srv/new\",\"requestId\":\"large-1\","
                        + "\"tablespaces\":{" + moves + "}}");
        // Then
        refused(answer, 413, "RECORD_TOO_LARGE");
        assertThat(answer.body().path("detail").stringValue())
                .contains("RestoreRequested")
                .containsPattern("has 12\\d{5} bytes");
        refused(get("/api/operations/large-1"), 404, "OPERATION_UNKNOWN");
        createByApi("large", "large-2");
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

    @Test // BACKUP_RETENTION_DAYS
    void keepsBackupsAsLongAsTheEnvironmentSaysWhereNoPolicyDoes() {
        register("kept");
        for (String name : List.of("kept", "filed")) {
            assertThat(get("/api/databases/" + name)
                            .body()
                            .at("/policy/retention")
                            .stringValue())
                    .isEqualTo("9d");
        }
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

    @Test // P12, F39
    void answersWhetherAMomentCanBeReachedAndRefusesARestoreIntoAHole() {
        // Given
        register("windowed");
        createByApi("windowed", "w-1");
        operation("windowed", "w-1");
        platform.complete("windowed", "w-1", platform.claim("windowed", "w-1"));
        Instant now = Instant.now().plusSeconds(600);
        for (int number = 5; number <= 7; number++) {
            platform.send(WalSamples.archived("windowed", number, now.plusSeconds(number), now));
        }
        platform.send(WalSamples.gap("windowed", 8, 10, now));
        platform.send(WalSamples.archived("windowed", 10, now.plusSeconds(10), now));
        String path = "/api/recoverability/windowed";
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        get(path).body().at("/ranges/0/toLsn").stringValue(""))
                .isEqualTo("0/8000000"));
        await().atMost(TestPlatform.PATIENCE)
                .until(() -> get(path).body().path("openGaps").intValue() == 1);
        // When
        JsonNode there = get(path + "?at=" + now.plusSeconds(6)).body().path("answer");
        JsonNode not = get(path + "?lsn=0/9000000").body().path("answer");
        Answer refused = post(
                "/api/backup/restore",
                "{\"database\":\"windowed\",\"targetLsn\":\"0/9000000\",\"host\":\"h\",\"directory\":\"/srv/r\"}");
        // Then
        assertThat(there.at("/way/backupId").stringValue()).isEqualTo("w-1");
        assertThat(there.at("/way/walSegments").intValue()).isEqualTo(3);
        assertThat(there.at("/way/expectedBasis").stringValue()).isEqualTo("assumed");
        assertThat(not.path("reachable").booleanValue()).isFalse();
        assertThat(not.at("/before/lsn").stringValue()).isEqualTo("0/8000000");
        assertThat(not.path("why").stringValue()).contains("slot lost");
        refused(refused, 422, "TARGET_UNREACHABLE");
        refused(get(path + "?at=" + now + "&lsn=0/1"), 400, "REQUEST_INVALID");
        refused(get("/api/recoverability/nobody"), 404, "DATABASE_UNKNOWN");
        assertThat(get("/api/recoverability").body().at("/items"))
                .anySatisfy(
                        each -> assertThat(each.path("database").stringValue()).isEqualTo("windowed"));
        // And: a base backup is taken out of turn, after which the hole is closed
        String asked = await().atMost(TestPlatform.PATIENCE)
                .until(
                        () -> platform
                                .read(
                                        Topics.OPERATIONS.name(),
                                        Operation.class,
                                        each -> each.requestedBy().equals("gap")
                                                && each.database().value().equals("windowed"))
                                .stream()
                                .map(each -> each.id().value())
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
        platform.complete(
                "windowed", asked, platform.claim("windowed", asked), Samples.facts(asked, WalSamples.lsn(10)));
        await().atMost(TestPlatform.PATIENCE).untilAsserted(() -> assertThat(
                        platform.read(Topics.WAL_GAP_CLOSED.name(), WalGapClosed.class, _ -> true))
                .singleElement()
                .returns(GapAction.NEW_BACKUP, WalGapClosed::action));
        assertThat(get(path).body().path("holes"))
                .singleElement()
                .satisfies(hole -> assertThat(hole.path("status").stringValue()).isEqualTo("HARMLESS"));
    }
}
