package io.walkback.cli.real;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `walkback up` in a process of its own, as somebody's terminal would have it.
final class RunningUp implements AutoCloseable {
    static final String HOST = "this-node";
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofMinutes(1);

    private final ChildProcess process;
    private final Path log;
    private final JsonNode ready;
    private final Path directory;

    /// @param options of `up` besides `--data`, the port and the output's format
    RunningUp(Path directory, String... options) {
        this.directory = directory;
        this.log = directory.resolve("up.log");
        List<String> arguments = new ArrayList<>(List.of(
                "--output", "json", "up", "--data", directory.resolve("data").toString(), "--api-port", "0"));
        arguments.addAll(List.of(options));
        process = ChildProcess.start(Launch.of("up", Walkback.command(arguments), directory, log)
                .withEnvironment(Map.of("WALKBACK_NODE_NAME", HOST)));
        process.awaitReady(() -> readyLine().isPresent(), START);
        ready = JsonMapper.builder().build().readTree(readyLine().orElseThrow());
    }

    private Optional<String> readyLine() {
        try {
            return Files.exists(log)
                    ? Files.readAllLines(log).stream()
                            .filter(line -> line.startsWith("{\"ready\":true") && line.endsWith("}"))
                            .findFirst()
                    : Optional.empty();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /// The command line, pointed at this platform.
    Walkback commandLine() {
        return new Walkback(
                directory,
                Map.of(
                        "WALKBACK_API_URL", ready.path("apiUrl").asString(),
                        "WALKBACK_ALERTING_URL", ready.path("alertingUrl").asString(),
                        "WALKBACK_NODE_NAME", HOST,
                        "XDG_CONFIG_HOME", directory.resolve("config").toString()));
    }

    /// Process id of a part as it was at the start.
    long pid(String part) {
        return ready.path("pids").path(part).asLong();
    }

    /// Every process that it named.
    List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        ready.path("pids").forEach(pid -> pids.add(pid.asLong()));
        return pids;
    }

    /// Ctrl-C or SIGTERM, and the wait for its end.
    ///
    /// @return the exit code
    int stop() {
        process.stop(STOP);
        return process.exitCode().orElseThrow();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
