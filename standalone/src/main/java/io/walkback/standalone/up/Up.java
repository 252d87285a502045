package io.walkback.standalone.up;

import io.walkback.client.DatabaseForm;
import io.walkback.client.PolicyForm;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.embedded.ChildProcess;
import io.walkback.embedded.FreePorts;
import io.walkback.embedded.Parts;
import io.walkback.embedded.Signal;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The platform on embedded parts, running.
///
/// [#start] returns when every service is ready; [#close] stops everything, and so does the end of this process,
/// whatever ends it. Thread-safe once started.
public final class Up implements AutoCloseable {
    private static final Duration EARLIER_DEADLINE = Duration.ofSeconds(45);

    private final DataFolder data;
    private final ProcessBook processes;
    private final Consumer<String> progress;
    private final Supervisor supervisor;
    private final HttpClient http = HttpClient.newHttpClient();
    /// Read by the hook while parts are still being added.
    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private String kafka = "";
    private String registry = "";
    private @Nullable Path tokenFile;
    /// Written once, before anybody but the starter and the hook sees this object.
    private List<ServicePart> services = List.of();

    private Up(DataFolder data, Consumer<String> progress) {
        this.data = data;
        this.progress = progress;
        this.processes = new ProcessBook(data.resolve("processes"));
        this.supervisor = new Supervisor(
                progress, part -> processes.put(part.name(), part.process().pid()));
        // The parts themselves are stopped by a hook of io.walkback.embedded; nothing may be started again meanwhile.
        this.hook = Thread.ofPlatform().name("up-stop").unstarted(() -> {
            supervisor.release();
            progress.accept("stopping");
            stopServices();
        });
    }

    /// Starts everything and waits until each service says that it is ready.
    ///
    /// @param root     the folder of the project, with the jars that the build made
    /// @param embedded the parts that the build laid out
    /// @param progress told what happens, a line or a few at a time, from any thread
    /// @throws PlatformException when something cannot be started; then everything has been stopped again
    public static Up start(UpOptions options, Settings settings, Path root, Parts embedded, Consumer<String> progress)
            throws InterruptedException {
        String repository = options.repository()
                .map(RepositoryUrl::of)
                .or(() -> settings.bucket().map(URI::toString))
                .or(() -> settings.backupDirectory().map(RepositoryUrl::of))
                .orElseGet(() -> RepositoryUrl.of(options.data().resolve("repository")));
        Up up = new Up(DataFolder.open(options.data()), progress);
        try {
            up.begin(options, settings, root, embedded, repository);
            return up;
        } catch (InterruptedException | RuntimeException failed) {
            try {
                up.close();
            } catch (RuntimeException stopping) {
                failed.addSuppressed(stopping);
            }
            throw failed;
        }
    }

    private void begin(UpOptions options, Settings settings, Path root, Parts embedded, String repository)
            throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(hook);
        processes.awaitEarlier(EARLIER_DEADLINE);
        PortBook ports = new PortBook(data.resolve("ports"));
        int apiPort = apiPort(options, ports);
        tokenFile = data.tokenFile(settings.token());
        Optional<String> key = RepositoryKey.of(settings, data, repository, progress);
        KafkaParts events = KafkaParts.of(options, embedded, data, ports);
        parts.addAll(events.own());
        kafka = events.brokers();
        registry = events.registry();
        progress.accept("broker at " + kafka + ", schema registry at " + registry);
        events.start(this::launched);
        ServiceEnvironment environment = new ServiceEnvironment(
                settings, kafka, options.kafka().isEmpty(), registry, repository, key, data.folder("state"));
        progress.accept("starting the services; repository is " + repository);
        List<ServicePart> started = new ArrayList<>();
        for (PlatformService service : PlatformService.values()) {
            boolean api = service == PlatformService.SCHEDULER_SERVICE;
            ServicePart part = new ServicePart(
                    service,
                    root,
                    embedded,
                    data.folder("logs"),
                    environment.of(service),
                    api ? () -> apiPort : ServicePart.anyPort(),
                    http);
            parts.add(part);
            part.launch();
            processes.put(part.name(), part.process().pid());
            started.add(part);
        }
        services = List.copyOf(started);
        for (ServicePart service : services) {
            service.awaitReady();
            progress.accept(
                    service.name() + " is ready (pid " + service.process().pid() + ")");
        }
        parts.forEach(supervisor::watch);
        Optional<DatabaseUrl> test = settings.testDatabase();
        if (test.isPresent()) {
            registerTestDatabase(test.get());
        }
        progress.accept("the API asks for no token in this version and listens on loopback only; " + tokenFile()
                + " is for the sign-in that comes with a later one");
    }

    private void launched(Part part) {
        processes.put(part.name(), part.process().pid());
        progress.accept(part.name() + " is ready (pid " + part.process().pid() + ")");
    }

    private static int apiPort(UpOptions options, PortBook ports) {
        int wanted = options.apiPort().orElse(ports.remembered("api").orElse(UpOptions.DEFAULT_API_PORT));
        if (wanted == 0) {
            return ports.take("api");
        }
        if (!FreePorts.isFree(wanted)) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "port " + wanted + " of loopback is taken by another program",
                    "Choose another with --api-port; 0 takes a free one.");
        }
        return ports.use("api", wanted);
    }

    /// Restores may be tested against it; nothing is scheduled on it and no slot is made.
    private void registerTestDatabase(DatabaseUrl database) throws InterruptedException {
        String passwordRef = database.password()
                .map(password -> "file:" + data.secretFile("test.password", password))
                .orElse(null);
        PolicyForm policy = new PolicyForm(false, null, null, null, null, null, false, null, null);
        DatabaseForm form = new DatabaseForm(
                "test",
                database.host(),
                database.port(),
                database.dbname(),
                database.user(),
                passwordRef,
                null,
                null,
                policy,
                Map.of());
        try (WalkbackClient api = new WalkbackClient(apiUrl(), null)) {
            api.register(form);
        }
        progress.accept("TEST_DATABASE_URL is registered as database 'test'");
    }

    /// Where the API is.
    public URI apiUrl() {
        return url(PlatformService.SCHEDULER_SERVICE);
    }

    /// Where the alerting-service shows what stands: `alerts list` asks it.
    public URI alertingUrl() {
        return url(PlatformService.ALERTING_SERVICE);
    }

    private URI url(PlatformService service) {
        return services.stream()
                .filter(part -> part.name().equals(service.id()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(service.id() + " was never started"))
                .url();
    }

    /// The file with the token that the API will ask for, mode 0600.
    public Path tokenFile() {
        Path file = tokenFile;
        if (file == null) {
            throw new IllegalStateException("never started");
        }
        return file;
    }

    /// Brokers, as clients name them.
    public String bootstrapServers() {
        return kafka;
    }

    /// The registry's API.
    public String registryUrl() {
        return registry;
    }

    /// The processes as they run now, by the names of the parts, in the order of their start.
    public Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        parts.forEach(part -> pids.put(part.name(), part.process().pid()));
        return pids;
    }

    /// The log of a part.
    public Path log(String part) {
        return part(part).log();
    }

    /// Ends a part with SIGKILL, as a fault would: it is started again by itself.
    public void kill(String part) {
        part(part).process().kill();
    }

    private Part part(String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part is called " + name));
    }

    /// Waits until it is closed. Ctrl-C and SIGTERM end the process instead, and with it every part.
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /// Stops everything, youngest first. Once stopped it does nothing.
    @Override
    public void close() {
        if (ended.getCount() == 0) {
            return;
        }
        supervisor.close();
        stopServices();
        parts.reversed().forEach(Up::stop);
        processes.clear();
        http.close();
        data.close();
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending, and the hook has run.
            progress.accept("stopped");
        }
    }

    /// All services at once, within one deadline: one that is just starting ends late, and none needs another.
    private void stopServices() {
        List<ChildProcess> running = parts.stream()
                .filter(ServicePart.class::isInstance)
                .flatMap(part -> ((ServicePart) part).running().stream())
                .toList();
        running.forEach(process -> process.signal(Signal.TERM));
        long begun = System.nanoTime();
        for (ChildProcess process : running) {
            Duration left = ChildProcess.STOP_DEADLINE.minusNanos(System.nanoTime() - begun);
            if (!process.awaitExit(left.isNegative() ? Duration.ZERO : left)) {
                progress.accept(process + " did not stop in time and is killed");
                process.kill();
            }
        }
    }

    private static void stop(Part part) {
        ChildProcess process;
        try {
            process = part.process();
        } catch (IllegalStateException _) {
            // It never came to its launch: nothing to stop.
            return;
        }
        process.close();
    }
}
