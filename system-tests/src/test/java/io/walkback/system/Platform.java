package io.walkback.system;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.KafkaBroker;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Broker, registry and services as child processes, told everything by environment: what docker-compose.yml tells
/// them, with addresses and folders of this machine.
final class Platform implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("walkback.root"), "walkback.root is set by Maven"));

    private final Path directory;
    private final Parts parts = Parts.fromSystemProperty();
    private KafkaBroker broker;
    private final SchemaRegistry registry;
    private final Deque<ChildProcess> services = new ArrayDeque<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final int apiPort = FreePorts.one();

    Platform(Path directory) {
        this.directory = directory;
        broker = KafkaBroker.single(parts, directory.resolve("broker"));
        registry = SchemaRegistry.inMemory(parts, directory.resolve("registry"));
        makeKey(directory.resolve("repository.key"));
        broker.start();
        registry.start();
    }

    private static void makeKey(Path file) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "walkback-key-1 " + "5e".repeat(32) + "\n");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Parts parts() {
        return parts;
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    Path directory() {
        return directory;
    }

    /// Starts the scheduler and waits until it is ready.
    ChildProcess startScheduler() {
        return start("scheduler-service", "scheduler", apiPort, Map.of());
    }

    /// Starts a service and waits until it is ready.
    ///
    /// @param jar  `<jar>/target/<jar>.jar`
    /// @param node the name that it is known by
    ChildProcess start(String jar, String node, Map<String, String> environment) {
        return start(jar, node, FreePorts.one(), environment);
    }

    private ChildProcess start(String jar, String node, int port, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Compose.ofThisProject().environment(jar));
        // The databases of docker/walkback.yml are in a network that is not here.
        environment.remove("WALKBACK_CONFIG");
        environment.computeIfPresent(
                "WAL_ARCHIVE_DIR", (_, _) -> directory.resolve("wal-" + node).toString());
        environment.put("SERVER_ADDRESS", "127.0.0.1");
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("WALKBACK_NODE_NAME", node);
        environment.put("WALKBACK_STATE_DIR", directory.resolve("state-" + node).toString());
        environment.put(
                "WALKBACK_REPOSITORY_URL",
                directory.resolve("repository").toUri().toString());
        environment.put("WALKBACK_KEY", "file:" + directory.resolve("repository.key"));
        environment.put("WALKBACK_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
        environment.put("WALKBACK_SCHEMA_REGISTRY_URL", registry.url());
        environment.put("WALKBACK_OPERATIONS_LEASE", "6s");
        environment.putAll(more);
        Path file = ROOT.resolve(jar).resolve("target").resolve(jar + ".jar");
        Launch launch = Launch.of(node, JavaCommand.with(256, List.of("-jar", file.toString())), directory, log(node))
                .withEnvironment(environment);
        ChildProcess service = ChildProcess.start(launch);
        services.push(service);
        service.awaitReady(() -> isReady(port), PATIENCE);
        return service;
    }

    Path log(String node) {
        return directory.resolve(node + ".log");
    }

    private boolean isReady(int port) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a service", interrupted);
        }
    }

    JsonNode get(String path) {
        return call(HttpRequest.newBuilder(api(path)).GET(), 200);
    }

    JsonNode post(String path, Object body, int status) {
        return call(
                HttpRequest.newBuilder(api(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))),
                status);
    }

    private URI api(String path) {
        return URI.create("http://127.0.0.1:" + apiPort + path);
    }

    private JsonNode call(HttpRequest.Builder request, int status) {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
            if (answer.statusCode() != status) {
                throw new AssertionError(answer.statusCode() + " instead of " + status + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling the API", interrupted);
        }
    }

    /// Every service is stopped, and instead of the broker there is one that knows nothing.
    void loseKafka() {
        while (!services.isEmpty()) {
            services.pop().close();
        }
        broker.close();
        broker = KafkaBroker.single(parts, directory.resolve("broker-after"));
        broker.start();
    }

    /// A file that only we can read, with a secret in it.
    Path secret(String name, String secret) {
        try {
            Path file = Files.createFile(
                    directory.resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, secret);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Override
    public void close() {
        while (!services.isEmpty()) {
            services.pop().close();
        }
        registry.close();
        broker.close();
    }
}
