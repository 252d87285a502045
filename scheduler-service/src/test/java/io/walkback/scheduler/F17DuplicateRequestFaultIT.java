package io.walkback.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationState;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.schemas.Topics;
import java.io.IOException;
import java.net.ConnectException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The packaged service in two lives, with one state folder.
///
/// In the first, scheduled backups are switched off, and one request is sent twice and carried out. Then the
/// service is stopped, its group begins anew, the request comes twice more, and the registry dies. Thus begins the
/// second life, in which the request comes for the fifth time.
///
/// Times in records are the wall clock's: the services that judge them run on it.
class F17DuplicateRequestFaultIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String REQUESTS = Topics.BACKUP_REQUESTED.name();

    @TempDir
    static Path directory;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestPlatform platform;
    private static ForeignClient stranger;
    private static ForeignClient.Registered schema;
    private static String url;
    private static JsonNode firstResult;
    private static Instant firstLifeOver;

    @BeforeAll
    static void liveTwice() throws Exception {
        platform = new TestPlatform(directory);
        stranger = new ForeignClient(platform.broker.bootstrapServers(), platform.registry.url());
        int port = FreePorts.one();
        url = "http://127.0.0.1:" + port;
        Path config = directory.resolve("walkback.yml");
        Files.writeString(
                config,
                "databases:\n  shop: {host: 127.0.0.1, user: walkback,"
                        + " policy: {streamWal: false, zone: UTC, cron: \"0/2 * * * * *\"}}\n");
        Map<String, String> environment =
                new HashMap<>(Map.of("WALKBACK_CONFIG", config.toString(), "SERVER_PORT", Integer.toString(port)));
        environment.put("BACKUP_ENABLED", "false");
        ChildProcess service = platform.service("lives", environment);
        ready(service);
        schema = learn();
        ask();
        ask();
        firstResult = carryOut();
        nothingIsScheduled();
        service.stop(ChildProcess.STOP_DEADLINE);
        firstLifeOver = Instant.now();
        beginAnew();
        ask();
        ask();
        platform.registry.kill();
        environment.put("BACKUP_ENABLED", "true");
        ready(platform.service("lives", environment));
        ask();
    }

    /// What makes the registry, and the service's folder, know the schemas of requests and of failures.
    private static ForeignClient.Registered learn() {
        assertThat(create("by-api").statusCode()).isEqualTo(202);
        platform.send(Samples.backupRequested("nobody", "failed"));
        await().atMost(PATIENCE).until(() -> !platform.read(Topics.BACKUP_FAILED.name(), BackupFailed.class, _ -> true)
                .isEmpty());
        return stranger.newest(REQUESTS);
    }

    private static JsonNode carryOut() {
        await().atMost(PATIENCE).until(() -> get("/api/operations/f17").statusCode() == 200);
        platform.complete("shop", "f17", platform.claim("shop", "f17"));
        await().atMost(PATIENCE).until(() -> json(get("/api/operations/f17"))
                .path("state")
                .stringValue("")
                .equals("COMPLETED"));
        return json(get("/api/operations/f17"));
    }

    private static void nothingIsScheduled() {
        await().during(Duration.ofSeconds(3))
                .pollInterval(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> scheduled().isEmpty());
    }

    private static void ask() {
        stranger.send(
                REQUESTS,
                "shop",
                schema.id(),
                ForeignClient.backupRequested(schema.schema(), "shop", "f17", "PHYSICAL"));
    }

    private static void ready(ChildProcess service) {
        service.awaitReady(
                () -> {
                    try {
                        return request(HttpRequest.newBuilder(URI.create(url + "/actuator/health/readiness")))
                                        .statusCode()
                                == 200;
                    } catch (ConnectException _) {
                        return false;
                    } catch (IOException | InterruptedException fault) {
                        throw new AssertionError(fault);
                    }
                },
                PATIENCE);
    }

    /// Sets the position of the service's group to the beginning, which Kafka allows once all members have left.
    private static void beginAnew() {
        try (Admin admin = platform.clients.admin("test")) {
            Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
            for (int partition = 0; partition < Topics.BACKUP_REQUESTED.partitions(); partition++) {
                beginnings.put(new TopicPartition(REQUESTS, partition), new OffsetAndMetadata(0));
            }
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> {
                        admin.alterConsumerGroupOffsets("walkback.requests", beginnings)
                                .all()
                                .get(30, TimeUnit.SECONDS);
                        return true;
                    });
        }
    }

    @AfterAll
    static void stop() {
        HTTP.close();
        stranger.close();
        platform.close();
    }

    private static HttpResponse<String> request(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) {
        try {
            return request(HttpRequest.newBuilder(URI.create(url + path)));
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    private static HttpResponse<String> create(String id) {
        try {
            return request(HttpRequest.newBuilder(URI.create(url + "/api/backup/create"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"database\":\"shop\",\"backupId\":\"" + id + "\"}")));
        } catch (IOException | InterruptedException fault) {
            throw new AssertionError(fault);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return new JsonMapper().readTree(answer.body());
    }

    private static List<BackupRequested> scheduled() {
        return platform.read(REQUESTS, BackupRequested.class, request -> request.occurrenceId() != null);
    }

    @Test // F17, pitfall 71
    void aRequestSentFiveTimesAcrossARestartAndAResetOfTheGroupIsOneBackup() {
        // Given: all five have been read again, since this one comes behind them
        stranger.send(
                REQUESTS,
                "shop",
                schema.id(),
                ForeignClient.backupRequested(schema.schema(), "shop", "behind", "PHYSICAL"));
        await().atMost(PATIENCE).until(() -> get("/api/operations/behind").statusCode() == 200);
        // When
        HttpResponse<String> again = create("f17");
        // Then
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(json(again).path("operation")).isEqualTo(firstResult);
        assertThat(json(get("/api/operations/f17"))).isEqualTo(firstResult);
        assertThat(platform.read(REQUESTS, BackupRequested.class, request -> request.requestId()
                        .equals("f17")))
                .hasSize(5);
        assertThat(platform.read(Topics.BACKUP_COMPLETED.name())).hasSize(1);
        assertThat(platform.read(Topics.OPERATIONS.name(), Operation.class, o -> o.id().value()
                        .equals("f17")))
                .extracting(Operation::state)
                .filteredOn(OperationState.Open.class::isInstance)
                .hasSize(1);
    }

    @Test // F12
    void aStartWithoutTheRegistryWorksWithTheSchemaIdsOfTheStateFolder() {
        // Given
        assertThat(platform.registry.isAlive()).isFalse();
        // When
        HttpResponse<String> created = create("unaided");
        // Then
        assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        json(get("/api/operations/unaided")).path("state").stringValue(""))
                .isEqualTo("OPEN"));
        await().atMost(PATIENCE).until(() -> platform.read(Topics.BACKUP_CATALOG.name()).stream()
                .anyMatch(record -> String.valueOf(record.key()).contains("unaided")));
    }

    @Test // BACKUP_ENABLED
    void nothingWasScheduledUntilBackupsWereEnabled() {
        await().atMost(PATIENCE).until(() -> scheduled().size() >= 2);
        assertThat(scheduled())
                .allSatisfy(request -> assertThat(request.occurredAt()).isAfter(firstLifeOver));
    }
}
