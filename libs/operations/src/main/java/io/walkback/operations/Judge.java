package io.walkback.operations;

import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.WorkerId;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens to all heartbeats and writes [OperationRecord.AttemptLost] for attempts that fell silent. Any number of
/// judges may run; the fold hears the first and only for the current epoch.
public final class Judge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

    private final WorkerId me;
    private final LeaseTimes times;
    private final Clock clock;
    private final LiveOperations live;
    private final HeartbeatChannel heartbeats;
    private final OperationLog log;
    private final Consumer<Throwable> onFatal;
    private final Map<Epoch, Heartbeat> latest = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    public Judge(
            WorkerId me,
            LeaseTimes times,
            Clock clock,
            LiveOperations live,
            HeartbeatChannel heartbeats,
            OperationLog log,
            Consumer<Throwable> onFatal) {
        this.me = me;
        this.times = times;
        this.clock = clock;
        this.live = live;
        this.heartbeats = heartbeats;
        this.log = log;
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name("lease-judge").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// The newest heartbeat of each attempt that is held now, for those who show progress.
    public Map<Epoch, Heartbeat> latest() {
        return Map.copyOf(latest);
    }

    private void run() {
        LeaseJudge judge = new LeaseJudge(times);
        try {
            while (!closing) {
                for (Heartbeat heartbeat : heartbeats.poll(times.judgement())) {
                    judge.heard(heartbeat.epoch());
                    latest.put(heartbeat.epoch(), heartbeat);
                }
                boolean listening = heartbeats.listening(times.judgement());
                Map<Epoch, Operation> held = heldByOthers();
                latest.keySet().removeIf(epoch -> live.all().stream()
                        .noneMatch(operation -> live.isHeld(operation.id(), epoch)));
                Set<Epoch> lost = Set.copyOf(judge.tick(held.keySet(), System.nanoTime(), listening));
                held.forEach((epoch, operation) -> {
                    if (lost.contains(epoch)) {
                        lost(operation, epoch, judge.silenceOf(epoch));
                    }
                });
            }
        } catch (Throwable fault) {
            if (!closing) {
                LOG.atError().setCause(fault).log("lease judge stopped");
                onFatal.accept(fault);
            }
        }
    }

    private Map<Epoch, Operation> heldByOthers() {
        Map<Epoch, Operation> held = new HashMap<>();
        for (Operation operation : live.all()) {
            // A worker never judges itself: as long as it runs it knows that it lives.
            operation
                    .holder()
                    .filter(holder -> !holder.worker().equals(me))
                    .ifPresent(holder -> held.put(holder.epoch(), operation));
        }
        return held;
    }

    private void lost(Operation operation, Epoch epoch, Duration silence) {
        LOG.atWarn()
                .addKeyValue("operationId", operation.id())
                .addKeyValue("databaseId", operation.database())
                .addKeyValue("epoch", epoch)
                .addKeyValue("silentMs", silence.toMillis())
                .log("attempt lost");
        var _ = log.append(new OperationRecord.AttemptLost(
                        operation.database(), operation.id(), epoch, me, clock.instant()))
                .whenComplete((_, fault) -> {
                    if (fault != null) {
                        LOG.atWarn()
                                .setCause(fault)
                                .addKeyValue("operationId", operation.id())
                                .log("loss of an attempt not written, tried again at the next look");
                    }
                });
    }

    @Override
    public void close() {
        closing = true;
        Threads.end(thread, Duration.ofSeconds(5));
        heartbeats.close();
    }
}
