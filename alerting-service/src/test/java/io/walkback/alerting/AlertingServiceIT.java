package io.walkback.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.Event;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.messaging.client.KafkaSettings;
import io.walkback.messaging.topic.Routes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The service over a real broker and registry, with a capture server for Slack and PagerDuty that checks every
/// field.
///
/// Times in records are the wall clock's: the services that judge them run on it.
class AlertingServiceIT {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String HOOK = "/services/T000/B000/verysecrettoken";
    private static final String ENQUEUE = "/v2/enqueue";
    /// P10.
    private static final Duration IN_TIME = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static KafkaBroker broker;
    private static SchemaRegistry registry;
    private static Producer<String, Object> producer;
    private static long version;

    private final CaptureServer capture =
            new CaptureServer(call -> call.path().equals(HOOK) ? CaptureServer.SLACK_OK : CaptureServer.PAGERDUTY_OK);

    @BeforeAll
    static void start() {
        Parts parts = Parts.fromSystemProperty();
        broker = KafkaBroker.single(parts, directory.resolve("broker"));
        broker.start();
        registry = SchemaRegistry.inMemory(parts, directory.resolve("registry"));
        registry.start();
        producer = new KafkaClients(new KafkaSettings(
                        broker.bootstrapServers(), registryUrl(), directory.resolve("state"), true, Map.of()))
                .producer("test");
    }

    @AfterAll
    static void stop() {
        producer.close();
        registry.close();
        broker.close();
    }

    @AfterEach
    void closeCapture() {
        capture.close();
    }

    private static String registryUrl() {
        return registry.url();
    }

    private ConfigurableApplicationContext service() {
        return SpringApplication.run(
                AlertingApplication.class,
                settings().entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    private Map<String, String> settings() {
        return Map.of(
                "WALKBACK_KAFKA_BOOTSTRAP_SERVERS",
                broker.bootstrapServers(),
                "WALKBACK_SCHEMA_REGISTRY_URL",
                registryUrl(),
                "WALKBACK_KAFKA_SINGLE_BROKER",
                "true",
                "WALKBACK_STATE_DIR",
                directory.resolve("state").toString(),
                "SLACK_WEBHOOK_URL",
                capture.url(HOOK).toString(),
                "PAGERDUTY_INTEGRATION_KEY",
                KEY,
                "WALKBACK_ALERTING_PAGERDUTY_URL",
                capture.url("").toString());
    }

    private static void publish(Event event) throws Exception {
        producer.send(Routes.record(event)).get(30, TimeUnit.SECONDS);
    }

    private List<String> pages(DatabaseId database) {
        return capture.to(ENQUEUE).stream()
                .map(CaptureServer.Call::json)
                .filter(event -> event.get("dedup_key").asString().endsWith(":" + database))
                .map(event -> event.get("event_action").asString() + " "
                        + event.get("dedup_key").asString())
                .toList();
    }

    private List<String> messages(DatabaseId database) {
        return capture.to(HOOK).stream()
                .map(call -> call.json().get("text").asString())
                .filter(text -> text.contains("· " + database))
                .toList();
    }

    @Test
    void oneFailureIsOneMessageAndOnePageInTimeHoweverOftenItIsDeliveredAndItsEndIsToldToo() throws Exception {
        // Given
        DatabaseId orders = new DatabaseId("orders");
        Event failed = Facts.restoreFailed(orders, Instant.now(), ++version);
        try (ConfigurableApplicationContext service = service()) {
            Instant published = Instant.now();
            // When
            for (int i = 0; i < 5; i++) {
                publish(failed);
            }
            publish(Facts.backupFailed(orders, Instant.now(), ++version, true, "server <!channel> is down"));
            // Then
            await().atMost(IN_TIME).untilAsserted(() -> {
                assertThat(pages(orders))
                        .containsExactlyInAnyOrder("trigger restore-failed:orders", "trigger backup-failed:orders");
                assertThat(messages(orders)).hasSize(2);
            });
            assertThat(capture.calls).allSatisfy(call -> assertThat(Duration.between(published, call.at()))
                    .isLessThan(IN_TIME));
            assertEveryCall();
            assertShown(service, orders);
            // And it ends
            publish(Facts.restoreCompleted(orders, Instant.now(), ++version));
            publish(failed);
            await().atMost(IN_TIME)
                    .untilAsserted(() -> assertThat(pages(orders)).contains("resolve restore-failed:orders"));
            await().atMost(IN_TIME)
                    .untilAsserted(() -> assertThat(messages(orders)).hasSize(3));
            assertThat(pages(orders)).hasSize(3);
            assertEveryCall();
        }
    }

    private void assertEveryCall() {
        capture.to(HOOK).forEach(SinkContracts::slack);
        capture.to(ENQUEUE).forEach(call -> SinkContracts.pagerDuty(call, KEY));
    }

    private void assertShown(ConfigurableApplicationContext service, DatabaseId database) throws Exception {
        await().atMost(IN_TIME).untilAsserted(() -> {
            JsonNode alert = alert(service, "restore-failed:" + database);
            assertThat(alert.get("status").asString()).isEqualTo("OPEN");
            assertThat(alert.get("severity").asString()).isEqualTo("CRITICAL");
            assertThat(alert.get("count").asInt()).isEqualTo(1);
            assertThat(alert.get("runbook").asString()).isEqualTo("restore-failed");
            assertThat(alert.get("deliveries").size()).isEqualTo(2);
            alert.get("deliveries")
                    .forEach(delivery ->
                            assertThat(delivery.get("status").asString()).isEqualTo("OPEN"));
        });
        assertThat(get(service, "/actuator/health/readiness")).contains("\"UP\"");
        assertThat(get(service, "/actuator/health")).contains("telling");
        assertThat(get(service, "/actuator/prometheus"))
                .contains("walkback_alerts_open{")
                .contains("walkback_alert_calls_total{")
                .doesNotContain("verysecrettoken")
                .doesNotContain(KEY);
        assertThat(get(service, "/api/alerts"))
                .doesNotContain("verysecrettoken")
                .doesNotContain(KEY);
    }

    private static JsonNode alert(ConfigurableApplicationContext service, String key) throws Exception {
        // A process that stands by answers without any.
        JsonNode alerts = new JsonMapper().readTree(get(service, "/api/alerts")).path("alerts");
        for (JsonNode alert : alerts) {
            if (alert.get("key").asString().equals(key)) {
                return alert;
            }
        }
        throw new AssertionError("no alert " + key);
    }

    private static String get(ConfigurableApplicationContext service, String path)
            throws IOException, InterruptedException {
        URI address = URI.create(
                "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port") + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test // F05, with a real process
    void aProcessKilledWhileSendingRepeatsOneCallAtMostUnderTheSameKey() throws Exception {
        // Given a first call that PagerDuty has and that nobody learns of
        DatabaseId killed = new DatabaseId("killed");
        capture.replies(call -> call.path().equals(HOOK) ? CaptureServer.SLACK_OK : new CaptureServer.Reply.Silence());
        try (ChildProcess first = process("first")) {
            publish(Facts.restoreFailed(killed, Instant.now(), ++version));
            await().atMost(Duration.ofSeconds(90)).until(() -> pages(killed), Predicate.not(List::isEmpty));
            // When
            first.kill();
        }
        capture.replies(call -> call.path().equals(HOOK) ? CaptureServer.SLACK_OK : CaptureServer.PAGERDUTY_OK);
        try (ConfigurableApplicationContext second = service()) {
            // Then the group waits 45 s for the dead
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(alert(second, "restore-failed:" + killed)
                                    .get("deliveries")
                                    .toString())
                            .contains("\"sink\":\"pagerduty\",\"status\":\"OPEN\""));
            publish(Facts.restoreCompleted(killed, Instant.now(), ++version));
            await().atMost(IN_TIME)
                    .untilAsserted(() -> assertThat(pages(killed)).contains("resolve restore-failed:" + killed));
        }
        assertThat(pages(killed))
                .containsExactly(
                        "trigger restore-failed:killed",
                        "trigger restore-failed:killed",
                        "resolve restore-failed:killed");
        assertThat(messages(killed)).hasSizeBetween(1, 3);
        assertThat(Files.readString(directory.resolve("first.log")))
                .doesNotContain("verysecrettoken")
                .doesNotContain(KEY);
    }

    private ChildProcess process(String name) {
        return ChildProcess.start(Launch.of(
                        name,
                        JavaCommand.with(
                                256,
                                List.of(
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        AlertingApplication.class.getName())),
                        directory,
                        directory.resolve(name + ".log"))
                .withEnvironment(settings()));
    }

    @Test
    void oneOfTwoProcessesTellsAndTheOtherFollowsIt() throws Exception {
        // Given
        DatabaseId fleet = new DatabaseId("fleet");
        try (ConfigurableApplicationContext first = service()) {
            await().atMost(IN_TIME).untilAsserted(() -> assertThat(get(first, "/actuator/health"))
                    .contains("telling"));
            try (ConfigurableApplicationContext second = service()) {
                publish(Facts.restoreFailed(fleet, Instant.now(), ++version));
                await().atMost(IN_TIME)
                        .untilAsserted(() -> assertThat(pages(fleet)).hasSize(1));
                assertThat(get(second, "/actuator/health")).contains("standby");
                assertThat(get(second, "/api/alerts")).contains("STANDBY");
                // When
                SpringApplication.exit(first);
                // Then
                publish(Facts.restoreCompleted(fleet, Instant.now(), ++version));
                await().atMost(IN_TIME).untilAsserted(() -> assertThat(pages(fleet))
                        .containsExactly("trigger restore-failed:fleet", "resolve restore-failed:fleet"));
            }
        }
    }

    @Test // F46
    void aWebhookThatIsGoneIsToldByTheOtherSinkWithinTheMinute() throws Exception {
        // Given
        DatabaseId gone = new DatabaseId("gone");
        capture.replies(call -> call.path().equals(HOOK)
                ? new CaptureServer.Reply.Answer(404, Map.of(), "no_service")
                : CaptureServer.PAGERDUTY_OK);
        try (ConfigurableApplicationContext service = service()) {
            // When
            publish(Facts.backupFailed(gone, Instant.now(), ++version, true, "down " + new BackupId("x")));
            // Then
            await().atMost(IN_TIME).untilAsserted(() -> assertThat(pages(new DatabaseId("slack")))
                    .containsExactly("trigger sink-broken:slack"));
            assertThat(get(service, "/api/alerts")).contains("brokenSinks\":{\"slack\"");
        }
    }
}
