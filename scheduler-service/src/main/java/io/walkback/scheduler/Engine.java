package io.walkback.scheduler;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.kafka.WorkerRuntime;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.drill.Drills;
import io.walkback.scheduler.expiry.ExpiryHandler;
import io.walkback.scheduler.expiry.ExpirySchedule;
import io.walkback.scheduler.expiry.RepositoryAccess;
import io.walkback.scheduler.expiry.Retentions;
import io.walkback.scheduler.expiry.SecondPlace;
import io.walkback.scheduler.projection.Projector;
import io.walkback.scheduler.projection.ProjectorFactory;
import io.walkback.scheduler.projection.WindowFactory;
import io.walkback.scheduler.registry.Registry;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.trigger.CopyWatch;
import io.walkback.scheduler.trigger.GapBackups;
import io.walkback.scheduler.trigger.KeyExpiry;
import io.walkback.scheduler.trigger.Reconciler;
import io.walkback.scheduler.trigger.Ticker;
import io.walkback.scheduler.trigger.Trigger;
import io.walkback.scheduler.trigger.VerificationSchedule;
import io.walkback.scheduler.trigger.WalWatch;
import io.walkback.scheduler.window.ArchiveCheck;
import io.walkback.scheduler.window.WindowMetrics;
import io.walkback.scheduler.window.Windows;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/// Starts and stops what runs on threads of its own, in the order that the package promises.
final class Engine implements SmartLifecycle {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final KafkaClients clients;
    private final SchedulerSettings settings;
    private final Clock clock;
    private final StateFollower follower;
    private final State state;
    private final Registry registry;
    private final Trigger trigger;
    private final Reconciler reconciler;
    private final KeyExpiry keys;
    private final ExpirySchedule expiries;
    private final VerificationSchedule verifications;
    private final CopyWatch copies;
    private final WalWatch wal;
    private final ArchiveCheck archive;
    private final Windows windows;
    private final GapBackups gaps;
    private final WindowMetrics windowMetrics;
    private final Drills drills;
    private final CommandWriter commands;
    private final RepositoryAccess repository;
    private final SecondPlace second;
    private final Retentions retentions;
    private final Consumer<Throwable> onFatal;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private volatile @Nullable WorkerRuntime runtime;

    Engine(
            KafkaClients clients,
            SchedulerSettings settings,
            Clock clock,
            StateFollower follower,
            State state,
            Registry registry,
            Trigger trigger,
            Reconciler reconciler,
            KeyExpiry keys,
            ExpirySchedule expiries,
            VerificationSchedule verifications,
            CopyWatch copies,
            WalWatch wal,
            ArchiveCheck archive,
            Windows windows,
            GapBackups gaps,
            WindowMetrics windowMetrics,
            Drills drills,
            CommandWriter commands,
            RepositoryAccess repository,
            SecondPlace second,
            Retentions retentions,
            Consumer<Throwable> onFatal) {
        this.clients = clients;
        this.settings = settings;
        this.clock = clock;
        this.follower = follower;
        this.state = state;
        this.registry = registry;
        this.trigger = trigger;
        this.reconciler = reconciler;
        this.keys = keys;
        this.expiries = expiries;
        this.verifications = verifications;
        this.copies = copies;
        this.wal = wal;
        this.archive = archive;
        this.windows = windows;
        this.gaps = gaps;
        this.windowMetrics = windowMetrics;
        this.drills = drills;
        this.commands = commands;
        this.repository = repository;
        this.second = second;
        this.retentions = retentions;
        this.onFatal = onFatal;
    }

    @Override
    public void start() {
        try {
            follower.start();
            if (!follower.awaitCaughtUp(PATIENCE)) {
                throw new RetryableException(
                        FailureCode.BROKER_UNAVAILABLE,
                        "state topics were not read to their ends within " + PATIENCE.toSeconds() + " s",
                        "See whether the brokers are up and this account may read them.");
            }
            project(Projector.of(
                    new ProjectorFactory(
                            clients,
                            settings.node(),
                            state::backupsOf,
                            database -> state.drills().find(database.value()),
                            clock),
                    onFatal));
            project(Projector.of(new WindowFactory(clients, settings.node(), windows::backups, clock), onFatal));
            registry.applyAtStart();
            WorkerRuntime started = WorkerRuntime.start(
                    clients,
                    new WorkerRuntime.Settings(settings.node(), settings.lease(), PATIENCE),
                    clock,
                    parts -> List.of(new ExpiryHandler(
                            state,
                            follower,
                            repository,
                            second,
                            retentions,
                            commands,
                            parts.live(),
                            parts.log(),
                            clock)),
                    onFatal);
            open.push(started);
            runtime = started;
            Ticker ticker = new Ticker(
                    List.of(
                            registry::tick,
                            trigger::tick,
                            expiries::tick,
                            verifications::tick,
                            reconciler::tick,
                            copies::tick,
                            wal::tick,
                            archive::tick,
                            gaps::tick,
                            windowMetrics::tick,
                            drills.schedule()::tick,
                            drills.watch()::tick,
                            drills.metrics()::tick,
                            keys::tick),
                    onFatal);
            ticker.start();
            open.push(ticker);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            stop();
            throw new IllegalStateException("interrupted at start", interrupted);
        } catch (RuntimeException fault) {
            stop();
            throw fault;
        }
    }

    private void project(Projector projector) {
        projector.start();
        open.push(projector);
    }

    /// The newest heartbeat of each attempt that is held; empty before the start.
    Map<Epoch, Heartbeat> heartbeats() {
        WorkerRuntime running = runtime;
        return running == null ? Map.of() : running.judge().latest();
    }

    @Override
    public void stop() {
        runtime = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception fault) {
                throw new IllegalStateException("a part did not stop", fault);
            }
        }
        follower.close();
    }

    @Override
    public boolean isRunning() {
        return runtime != null;
    }

    /// After the topics, before listeners and the web server.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 200;
    }
}
