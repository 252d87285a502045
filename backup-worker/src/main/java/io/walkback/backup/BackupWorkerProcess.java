package io.walkback.backup;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.base.BaseBackupHandler;
import io.walkback.backup.completion.AwaitingWalFinisher;
import io.walkback.backup.copy.CatalogArrivals;
import io.walkback.backup.copy.CopyRounds;
import io.walkback.backup.event.EventOutbox;
import io.walkback.backup.inventory.TopicDatabases;
import io.walkback.backup.logical.LogicalBackupHandler;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.backup.verification.VerificationHandler;
import io.walkback.backup.wal.CompanionHandler;
import io.walkback.backup.wal.PushListener;
import io.walkback.backup.wal.PushReception;
import io.walkback.backup.wal.PushSettings;
import io.walkback.backup.wal.WalReceptionHandler;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.FatalFault;
import io.walkback.operations.kafka.WorkerRuntime;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.Targets;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.copy.ContinuousCopy;
import io.walkback.tail.WalTails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The working parts of the process, started once the topics are there and ended in reverse order: first nothing
/// new is completed, then what runs is handed back, then what was found out goes out.
final class BackupWorkerProcess implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(BackupWorkerProcess.class);
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final WorkerSettings settings;
    private final BackupWorkerSettings load;
    private final KafkaClients clients;
    private final boolean singleBroker;
    private final Repository repository;
    private final Clock clock;
    private final MeterRegistry meters;
    private final FatalFault fatal;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private volatile @Nullable WorkerRuntime runtime;

    BackupWorkerProcess(
            WorkerSettings settings,
            BackupWorkerSettings load,
            KafkaClients clients,
            boolean singleBroker,
            Repository repository,
            Clock clock,
            MeterRegistry meters,
            FatalFault fatal) {
        this.settings = settings;
        this.load = load;
        this.clients = clients;
        this.singleBroker = singleBroker;
        this.repository = repository;
        this.clock = clock;
        this.meters = meters;
        this.fatal = fatal;
    }

    @Override
    public void start() {
        try {
            TopicDatabases databases = new TopicDatabases(() -> clients.reader("backup-worker-databases"), fatal);
            open.push(databases);
            Producer<String, Object> producer = clients.producer("backup-worker-events");
            open.push(producer);
            EventOutbox outbox = new EventOutbox(producer);
            open.push(outbox);
            WorkerRuntime started = WorkerRuntime.start(
                    clients,
                    new WorkerRuntime.Settings(
                            settings.nodeName(), settings.operations().times(), START_PATIENCE),
                    clock,
                    parts -> handlers(databases, outbox, parts),
                    fatal);
            open.push(started);
            AwaitingWalFinisher finisher = new AwaitingWalFinisher(
                    repository,
                    started.live(),
                    started.log(),
                    outbox,
                    databases,
                    clock,
                    settings.operations().times().heartbeat(),
                    fatal);
            open.push(finisher);
            finisher.start();
            copy(databases, started);
            push(databases, outbox);
            runtime = started;
            LOG.atInfo().addKeyValue("worker", started.id()).log("backup-worker started");
        } catch (InterruptedException interrupted) {
            stop();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", interrupted);
        } catch (RuntimeException fault) {
            stop();
            throw fault;
        }
    }

    /// Nothing without an address for it. Opened in its rounds: a copy that is away stops no backup.
    private void copy(TopicDatabases databases, WorkerRuntime started) {
        URI url = load.copyUrl();
        if (url == null) {
            return;
        }
        CatalogArrivals arrivals =
                new CatalogArrivals(() -> clients.reader("backup-worker-catalog"), started.log(), clock, fatal);
        open.push(arrivals);
        ContinuousCopy copy = new ContinuousCopy(repository, () -> BlobStores.create(url), clock);
        open.push(new CopyRounds(copy, databases, arrivals, meters, fatal).start());
    }

    /// Nothing without a port for it. Any worker takes WAL of any database, and holds no claim for it.
    private void push(TopicDatabases databases, EventOutbox outbox) {
        PushSettings settingsOfPush = load.push();
        if (settingsOfPush.isOff()) {
            return;
        }
        Path directory = load.walDirectory(settings.stateDir()).resolve("push");
        PushReception reception = new PushReception(
                databases, servers(), new Clusters(repository), outbox, clock, directory, PushReception.UPLOADS);
        open.push(PushListener.start(
                settingsOfPush, reception, settings.stateDir().resolve("push-http")));
    }

    private ServerAccess servers() {
        return new ServerAccess(new PostgresConnector(load.connectTimeout()), new Targets(System::getenv));
    }

    private List<AttemptHandler> handlers(TopicDatabases databases, EventOutbox outbox, WorkerRuntime.Parts parts) {
        ServerAccess servers = servers();
        Clusters clusters = new Clusters(repository);
        Path state = settings.stateDir();
        WalTails tails = new WalTails(clients, singleBroker);
        WalReceptionHandler reception = new WalReceptionHandler(
                databases,
                servers,
                clusters,
                outbox,
                parts.live(),
                clock,
                meters,
                load.walDirectory(state),
                load.walSlots(),
                tails);
        return List.of(
                new BackupHandler(
                        new BaseBackupHandler(
                                databases,
                                servers,
                                clusters,
                                outbox,
                                clock,
                                state.resolve("backup"),
                                load.slots(),
                                load.threadsHere()),
                        new LogicalBackupHandler(
                                databases,
                                servers,
                                clusters,
                                clock,
                                load.clientPrograms(),
                                state.resolve("backup"),
                                load.slots(),
                                load.threadsHere())),
                reception,
                new CompanionHandler(
                        databases, servers, clusters, tails, parts.live(), reception, clock, load.walSlots()),
                new VerificationHandler(repository, outbox, clock, load.verificationSlots()));
    }

    @Override
    public void stop() {
        runtime = null;
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception fault) {
                LOG.atWarn().setCause(fault).log("a part of the worker did not close cleanly");
            }
        }
    }

    @Override
    public boolean isRunning() {
        return runtime != null;
    }

    /// Whether the operation log has been read to its end, so that work can be taken.
    boolean isReady() {
        WorkerRuntime running = runtime;
        return running != null && running.live().hasCaughtUp() && !fatal.happened();
    }
}
