package io.walkback.embedded;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An Apicurio schema registry as a child process, loopback only.
///
/// It keeps schemas in memory, or in a file below its folder, so that they are there after a restart or a kill.
/// Needs about 240 MiB of memory. Not thread-safe: one thread starts, stops and kills.
public final class SchemaRegistry implements AutoCloseable {
    private static final int HEAP_MEGABYTES = 256;
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final int HTTP_TIMEOUT_MILLIS = 2_000;

    private final Parts parts;
    private final Path directory;
    private final int port;
    private final int managementPort;
    private final boolean durable;
    private @Nullable ChildProcess process;

    private SchemaRegistry(Parts parts, Path directory, int port, int managementPort, boolean durable) {
        this.parts = parts;
        this.directory = directory.toAbsolutePath().normalize();
        this.port = port;
        this.managementPort = managementPort;
        this.durable = durable;
    }

    /// A registry on free ports that forgets everything when it ends. Nothing runs before [#start].
    public static SchemaRegistry inMemory(Parts parts, Path directory) {
        List<Integer> ports = FreePorts.several(2);
        return new SchemaRegistry(parts, directory, ports.getFirst(), ports.getLast(), false);
    }

    /// A registry that keeps its schemas below `directory`.
    public static SchemaRegistry durable(Parts parts, Path directory, int port, int managementPort) {
        return new SchemaRegistry(parts, directory, port, managementPort, true);
    }

    /// Starts the registry and waits until it answers.
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException("the registry runs already");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new OperatorActionException(
                    FailureCode.PROCESS_FAILED,
                    "cannot create the registry's folder " + directory + ": " + e.getMessage(),
                    "Check that the folder can be written and has space.",
                    e);
        }
        process = ChildProcess.start(
                Launch.of("registry", JavaCommand.with(HEAP_MEGABYTES, arguments()), directory, log()));
        process.awaitReady(this::answers, START_DEADLINE);
    }

    /// The base address of the API that `kafka-avro-serializer` speaks.
    public String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    public void stop() {
        if (process != null) {
            process.close();
        }
    }

    /// SIGKILL.
    public void kill() {
        process().kill();
    }

    public Path log() {
        return directory.resolve("registry.log");
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /// The process as it runs now; another one after each start.
    public ChildProcess process() {
        if (process == null) {
            throw new IllegalStateException("the registry was never started");
        }
        return process;
    }

    @Override
    public void close() {
        stop();
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                // A short-lived part: compiling less costs less than it gains.
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                // This one listens on every interface unless told otherwise.
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + managementPort,
                "-Dquarkus.log.level=WARN"));
        if (durable) {
            arguments.add("-Dapicurio.storage.kind=sql");
            arguments.add("-Dapicurio.storage.sql.kind=h2");
            // Written through at once: a kill must not lose what was acknowledged.
            arguments.add("-Dapicurio.datasource.url=jdbc:h2:file:" + directory.resolve("schemas") + ";WRITE_DELAY=0");
        }
        arguments.add("-jar");
        arguments.add(parts.registryJar().toString());
        return arguments;
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url() + "/subjects").toURL().openConnection();
            connection.setConnectTimeout(HTTP_TIMEOUT_MILLIS);
            connection.setReadTimeout(HTTP_TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException _) {
            // Not yet: that is the answer.
            return false;
        }
    }
}
