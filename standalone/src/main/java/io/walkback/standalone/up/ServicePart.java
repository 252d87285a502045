package io.walkback.standalone.up;

import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.JavaCommand;
import io.walkback.embedded.Launch;
import io.walkback.embedded.Parts;
import io.walkback.embedded.Signal;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// One service as `java -jar`, configured by environment alone.
final class ServicePart implements Part {
    private static final int HEAP_MEGABYTES = 256;
    /// Seconds on an idle machine; a busy one with two cores and five JVMs starting takes its time.
    private static final Duration START_DEADLINE = Duration.ofMinutes(3);

    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final PlatformService service;
    private final Path jar;
    private final Parts embedded;
    private final Path logs;
    private final Map<String, String> environment;
    private final IntSupplier ports;
    private final HttpClient http;
    private volatile int port;
    private volatile @Nullable ChildProcess process;

    /// @param embedded    where a restore finds servers that the machine has no packages of
    /// @param environment without the port
    /// @param ports       asked for a port at each launch
    /// @param http        asks for readiness
    ServicePart(
            PlatformService service,
            Path root,
            Parts embedded,
            Path logs,
            Map<String, String> environment,
            IntSupplier ports,
            HttpClient http) {
        this.service = service;
        this.jar = service.jar(root);
        this.embedded = embedded;
        this.logs = logs;
        this.environment = Map.copyOf(environment);
        this.ports = ports;
        this.http = http;
    }

    /// A port that is free now; another one at each launch.
    static IntSupplier anyPort() {
        return FreePorts::one;
    }

    @Override
    public String name() {
        return service.id();
    }

    @Override
    public void launch() {
        port = ports.getAsInt();
        Map<String, String> all = new TreeMap<>(environment);
        all.put("SERVER_PORT", Integer.toString(port));
        all.put("SERVER_ADDRESS", "127.0.0.1");
        List<String> arguments = new ArrayList<>(service.jvmOptions());
        arguments.add("--enable-native-access=ALL-UNNAMED");
        arguments.add("-D" + Parts.PROPERTY + "=" + embedded.root());
        arguments.add("-jar");
        arguments.add(jar.toString());
        List<String> command = JavaCommand.with(HEAP_MEGABYTES, arguments);
        process = ChildProcess.start(Launch.of(service.id(), command, logs, log())
                .withEnvironment(all)
                // One that is just starting waits for a broker that dies at the same moment.
                .withDeathSignal(Signal.KILL));
    }

    @Override
    public void awaitReady() {
        URI readiness = url().resolve("/actuator/health/readiness");
        process().awaitReady(() -> answers(readiness), START_DEADLINE);
    }

    private boolean answers(URI address) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(address).timeout(ANSWER).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException _) {
            // Not yet: that is the answer.
            return false;
        } catch (InterruptedException _) {
            // Whoever waits for the process notices it next.
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Where it listens since its last launch.
    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public ChildProcess process() {
        ChildProcess running = process;
        if (running == null) {
            throw new IllegalStateException(service.id() + " was never started");
        }
        return running;
    }

    /// The process, once it was launched.
    Optional<ChildProcess> running() {
        return Optional.ofNullable(process);
    }

    @Override
    public Path log() {
        return logs.resolve(service.id() + ".log");
    }
}
