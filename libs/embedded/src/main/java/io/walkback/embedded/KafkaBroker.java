package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A Kafka broker of its own, as a child process: KRaft, broker and controller in one, loopback only.
///
/// It is formatted once and can be stopped or killed and started again on the same ports and data. Other ports on
/// the same data work as well, after [#stop] or [#kill], through a new `KafkaBroker`. Under the given folder lie
/// `data/`,
/// `server.properties` and `broker.log`. Topics are never created by themselves.
///
/// Needs about 300 MiB of memory. Not thread-safe: one thread starts, stops and kills.
public final class KafkaBroker implements AutoCloseable {
    private static final int HEAP_MEGABYTES = 384;
    private static final Duration FORMAT_DEADLINE = Duration.ofSeconds(60);
    private static final Duration START_DEADLINE = Duration.ofSeconds(90);

    private final Parts parts;
    private final Path directory;
    private final BrokerNode node;
    private final List<BrokerNode> quorum;
    private final String clusterId;
    private final Map<String, String> overrides;
    private @Nullable ChildProcess process;

    KafkaBroker(
            Parts parts,
            Path directory,
            BrokerNode node,
            List<BrokerNode> quorum,
            String clusterId,
            Map<String, String> overrides) {
        this.parts = parts;
        this.directory = directory.toAbsolutePath().normalize();
        this.node = node;
        this.quorum = List.copyOf(quorum);
        this.clusterId = clusterId;
        this.overrides = Map.copyOf(overrides);
    }

    /// A single broker on free ports. Nothing runs before [#start].
    public static KafkaBroker single(Parts parts, Path directory) {
        List<Integer> ports = FreePorts.several(2);
        return single(parts, directory, ports.getFirst(), ports.getLast(), Map.of());
    }

    /// A single broker on given ports.
    ///
    /// @param overrides broker settings that replace ours
    public static KafkaBroker single(
            Parts parts, Path directory, int port, int controllerPort, Map<String, String> overrides) {
        BrokerNode node = new BrokerNode(1, port, controllerPort);
        return new KafkaBroker(parts, directory, node, List.of(node), newClusterId(), overrides);
    }

    /// What Kafka calls a cluster id: a UUID in URL-safe base 64.
    static String newClusterId() {
        UUID random = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits())
                .array();
        // A leading dash would look like an option to Kafka's own tool.
        bytes[0] &= 0x7F;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Starts the broker and waits until it answers clients.
    public void start() {
        launch();
        awaitReady();
    }

    /// Starts the broker without waiting, so that the members of a quorum can find each other.
    void launch() {
        if (isAlive()) {
            throw new IllegalStateException("broker " + node.id() + " runs already");
        }
        Path properties = prepare();
        process = ChildProcess.start(Launch.of(
                "broker-" + node.id(),
                JavaCommand.with(HEAP_MEGABYTES, arguments("kafka.Kafka", List.of(properties.toString()))),
                directory,
                log()));
    }

    void awaitReady() {
        running().awaitReady(() -> KafkaProbe.answers(node.port()), START_DEADLINE);
    }

    /// An orderly stop: everything flushed, leaders moved away where there are others.
    public void stop() {
        if (process != null) {
            process.close();
        }
    }

    /// SIGKILL. What the operating system had is kept, what was only in the broker's memory is lost.
    public void kill() {
        running().kill();
    }

    /// Freezes the broker: connections stay open and nobody answers.
    public void pause() {
        running().pause();
    }

    /// Ends [#pause].
    public void resume() {
        running().resume();
    }

    /// `host:port` for clients.
    public String bootstrapServers() {
        return node.bootstrapServer();
    }

    public int port() {
        return node.port();
    }

    public Path log() {
        return directory.resolve("broker.log");
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /// The process as it runs now; another one after each start.
    public ChildProcess process() {
        return running();
    }

    @Override
    public void close() {
        stop();
    }

    private ChildProcess running() {
        if (process == null) {
            throw new IllegalStateException("broker " + node.id() + " was never started");
        }
        return process;
    }

    private Path prepare() {
        Path properties = directory.resolve("server.properties");
        Path formatted = directory.resolve("formatted");
        try {
            Files.createDirectories(directory);
            copyLogging();
            Files.writeString(properties, BrokerProperties.render(node, quorum, directory.resolve("data"), overrides));
            if (Files.notExists(formatted)) {
                format(properties);
                Files.writeString(formatted, clusterId);
            }
        } catch (IOException e) {
            throw new OperatorActionException(
                    FailureCode.PROCESS_FAILED,
                    "cannot prepare the broker's folder " + directory + ": " + e.getMessage(),
                    "Check that the folder can be written and has space.",
                    e);
        }
        return properties;
    }

    private void format(Path properties) {
        ChildProcess.run(
                Launch.of(
                        "broker-format",
                        JavaCommand.with(
                                128,
                                arguments(
                                        "kafka.tools.StorageTool",
                                        List.of(
                                                "format",
                                                "--cluster-id",
                                                clusterId,
                                                "--config",
                                                properties.toString(),
                                                "--ignore-formatted"))),
                        directory,
                        log()),
                FORMAT_DEADLINE);
    }

    private List<String> arguments(String mainClass, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(
                "-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"),
                "-cp",
                parts.brokerClassPath(),
                mainClass));
        all.addAll(arguments);
        return all;
    }

    private void copyLogging() throws IOException {
        try (InputStream resource = KafkaBroker.class.getResourceAsStream("broker-log4j2.properties")) {
            if (resource == null) {
                throw new UncheckedIOException(new IOException("broker-log4j2.properties is not on the class path"));
            }
            Files.copy(resource, directory.resolve("log4j2.properties"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
