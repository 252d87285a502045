package io.walkback.restore.worker;

import io.walkback.messaging.client.KafkaClients;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.FatalFault;
import io.walkback.operations.kafka.WorkerRuntime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The working part of the process: started once the topics are there, and handed back what runs at its end.
final class RestoreWorkerProcess implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreWorkerProcess.class);
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final WorkerSettings settings;
    private final KafkaClients clients;
    private final List<AttemptHandler> handlers;
    private final Clock clock;
    private final FatalFault fatal;
    private volatile @Nullable WorkerRuntime runtime;

    RestoreWorkerProcess(
            WorkerSettings settings,
            KafkaClients clients,
            List<AttemptHandler> handlers,
            Clock clock,
            FatalFault fatal) {
        this.settings = settings;
        this.clients = clients;
        this.handlers = List.copyOf(handlers);
        this.clock = clock;
        this.fatal = fatal;
    }

    @Override
    public void start() {
        try {
            WorkerRuntime started = WorkerRuntime.start(
                    clients,
                    new WorkerRuntime.Settings(settings.nodeName(), settings.times(), START_PATIENCE),
                    clock,
                    _ -> handlers,
                    fatal);
            runtime = started;
            LOG.atInfo().addKeyValue("worker", started.id()).log("restore-worker started");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", interrupted);
        }
    }

    @Override
    public void stop() {
        WorkerRuntime running = runtime;
        runtime = null;
        if (running != null) {
            running.close();
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
