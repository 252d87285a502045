package io.walkback.operations;

import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.WorkerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bids for operations that its handlers can do, runs those that it won, and keeps their claims alive.
///
/// Deciding happens on the follower's thread, attempts run on virtual threads, heartbeats on one more. At most the
/// handlers' slots run at once, bids on their way included.
public final class OperationWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationWorker.class);
    /// A claim is renewed in the log itself once a day, so that it never falls out of a log that is kept by time.
    private static final Duration LOG_RENEWAL = Duration.ofDays(1);
    /// How long attempts get to put their things away when the process stops.
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(20);

    private record Running(AttemptHandler handler, Attempt attempt, Thread thread) {}

    private final WorkerId me;
    private final LeaseTimes times;
    private final Clock clock;
    private final LiveOperations live;
    private final OperationLog log;
    private final HeartbeatChannel heartbeats;
    private final Map<OperationKind, AttemptHandler> handlers = new EnumMap<>(OperationKind.class);
    private final Map<OperationId, Running> running = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AttemptRunner runner;
    private final Bids bids;
    private final Thread pulse;
    private final Consumer<Throwable> onFatal;

    public OperationWorker(
            WorkerId me,
            LeaseTimes times,
            Clock clock,
            OperationFollower follower,
            OperationLog log,
            HeartbeatChannel heartbeats,
            List<AttemptHandler> handlers,
            Consumer<Throwable> onFatal) {
        this.me = me;
        this.times = times;
        this.clock = clock;
        this.live = follower.live();
        this.log = log;
        this.heartbeats = heartbeats;
        this.onFatal = onFatal;
        handlers.forEach(handler -> this.handlers.put(handler.kind(), handler));
        this.runner = new AttemptRunner(clock, times, live, log, closing, onFatal);
        this.bids = new Bids(times, RandomGenerator.getDefault());
        this.pulse = Thread.ofPlatform().name("operation-heartbeats").daemon().unstarted(this::beat);
        follower.add(this::decide);
    }

    /// Starts the heartbeats. The follower that was given is started by its owner, after this.
    public void start() {
        pulse.start();
    }

    private void decide(
            OperationFold fold, List<OperationFold.Change> changes, List<LogReader.Logged> records, boolean caughtUp) {
        for (LogReader.Logged logged : records) {
            if (logged.record() instanceof OperationRecord.Claimed claim
                    && claim.worker().equals(me)) {
                bids.answered(claim.operation());
            }
        }
        stopWhatIsOver();
        if (caughtUp && closing.getCount() > 0) {
            startWhatWasWon();
            bid(fold);
        }
    }

    private void stopWhatIsOver() {
        // An attempt that wrote its ending is kept until the fold has heard it: until then it still looks like one to
        // begin.
        running.values()
                .removeIf(each -> each.attempt().isDone()
                        && !live.isHeld(
                                each.attempt().operation().id(), each.attempt().epoch()));
        for (Running each : running.values()) {
            OperationId id = each.attempt().operation().id();
            boolean unwanted = live.find(id)
                    .map(operation -> operation.cancelRequested() || operation.paused())
                    .orElse(true);
            if (!each.attempt().isOver()
                    && (unwanted || !live.isHeld(id, each.attempt().epoch()))) {
                stop(each);
            }
        }
    }

    private void stop(Running each) {
        LOG.atInfo().addKeyValue("operationId", each.attempt().operation().id()).log("attempt is over, stopping it");
        each.attempt().end();
        each.thread().interrupt();
    }

    private void startWhatWasWon() {
        for (Operation operation : live.all()) {
            operation.holder().filter(held -> held.worker().equals(me)).ifPresent(held -> {
                Running known = running.get(operation.id());
                if (known == null || !known.attempt().epoch().equals(held.epoch())) {
                    begin(operation, held);
                }
            });
        }
    }

    private void begin(Operation operation, OperationState.Claimed held) {
        AttemptHandler handler = handlers.get(operation.kind());
        if (handler == null) {
            throw new IllegalStateException("won a claim for " + operation.kind() + " without a handler");
        }
        Attempt attempt = new Attempt(operation, held.epoch(), me, times, System::nanoTime);
        LOG.atInfo()
                .addKeyValue("operationId", operation.id())
                .addKeyValue("databaseId", operation.database())
                .addKeyValue("attempt", operation.attempts())
                .log("attempt begins");
        Thread thread = Thread.ofVirtual().name("attempt-" + operation.id()).unstarted(() -> {
            runner.run(handler, attempt);
            attempt.done();
        });
        running.put(operation.id(), new Running(handler, attempt, thread));
        thread.start();
    }

    private void bid(OperationFold fold) {
        List<Operation> claimable = live.all().stream()
                .filter(Operation::isClaimable)
                .filter(operation -> handlers.containsKey(operation.kind())
                        && !running.containsKey(operation.id())
                        && handlerOf(operation).canDo(operation))
                .sorted(Comparator.comparing(Operation::openedAt).thenComparing(Operation::id))
                .toList();
        Set<OperationId> ids = new HashSet<>();
        claimable.forEach(operation -> ids.add(operation.id()));
        bids.keepOnly(ids);
        long nanos = System.nanoTime();
        for (Operation operation : claimable) {
            bid(fold, operation, nanos);
        }
    }

    private void bid(OperationFold fold, Operation operation, long nanos) {
        AttemptHandler handler = handlerOf(operation);
        long busy = running.values().stream()
                .filter(each -> each.handler() == handler && !each.attempt().isDone())
                .count();
        if (busy + bids.outstanding(operation.kind()) >= handler.slots()
                || !bids.isDue(operation, (double) busy / handler.slots(), nanos)) {
            return;
        }
        Instant now = clock.instant();
        Instant notAfter = operation.notAfter();
        if (notAfter != null && operation.attempts() == 0 && now.isAfter(notAfter)) {
            append(new OperationRecord.Skipped(operation.database(), operation.id(), stale(operation, notAfter), now));
            bids.sent(operation, nanos);
            return;
        }
        AttemptHandler.Needs needs = handler.needs(operation);
        OperationRecord.Claimed claim = new OperationRecord.Claimed(
                operation.database(),
                operation.id(),
                operation.attempts() + 1,
                me,
                needs.resources(),
                needs.pins(),
                now);
        if (fold.wouldWin(claim)) {
            append(claim);
            bids.sent(operation, nanos);
        }
    }

    private AttemptHandler handlerOf(Operation operation) {
        AttemptHandler handler = handlers.get(operation.kind());
        if (handler == null) {
            throw new IllegalStateException("no handler for " + operation.kind());
        }
        return handler;
    }

    private static Problem stale(Operation operation, Instant notAfter) {
        return new Problem(
                FailureCode.REQUEST_STALE,
                operation.kind() + " " + operation.id() + " of " + operation.database() + " waited past " + notAfter
                        + " without a worker",
                "Nothing was done; ask again if it is still wanted, and see why no worker was free.");
    }

    private void append(OperationRecord record) {
        var _ = log.append(record).whenComplete((_, fault) -> {
            if (fault != null) {
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("operationId", record.operation())
                        .log("record not written, decided again later");
            }
        });
    }

    private void beat() {
        Map<Attempt, Long> renewedInLog = new WeakHashMap<>();
        try {
            while (!closed.await(times.heartbeat().toMillis(), TimeUnit.MILLISECONDS)) {
                for (Running each : running.values()) {
                    if (each.attempt().isDone()) {
                        continue;
                    }
                    if (each.attempt().silence().compareTo(each.handler().patience()) > 0) {
                        giveUp(each);
                    } else {
                        beat(each.attempt(), renewedInLog);
                    }
                }
            }
        } catch (InterruptedException _) {
            LOG.atDebug().log("heartbeats end");
        } catch (Throwable fault) {
            LOG.atError().setCause(fault).log("heartbeats stopped");
            onFatal.accept(fault);
        }
    }

    /// Ends the claim of an attempt that is stuck: its heartbeats come from here, so nobody else would notice.
    /// Said at each beat until the fold has heard it, and then its thread is stopped. One that hears no interrupt
    /// keeps its slot here, and no other worker from the operation.
    private void giveUp(Running each) {
        Attempt attempt = each.attempt();
        Operation operation = attempt.operation();
        if (!live.isHeld(operation.id(), attempt.epoch())) {
            return;
        }
        LOG.atError()
                .addKeyValue("operationId", operation.id())
                .addKeyValue("databaseId", operation.database())
                .addKeyValue("silentMs", attempt.silence().toMillis())
                .log("attempt is stuck, its claim is given up");
        append(new OperationRecord.AttemptFailed(
                operation.database(),
                operation.id(),
                attempt.epoch(),
                new Problem(
                        FailureCode.LEASE_LOST,
                        "attempt " + attempt.number() + " of " + operation.kind() + " " + operation.id() + " on " + me
                                + " told nothing of its progress for "
                                + attempt.silence().toSeconds() + " s",
                        "It is stuck: look at that worker's threads, its disk and its connections, and restart it."),
                true,
                clock.instant()));
    }

    private void beat(Attempt attempt, Map<Attempt, Long> renewedInLog) {
        long sent = System.nanoTime();
        var _ = heartbeats.send(attempt.heartbeat(clock)).whenComplete((_, fault) -> {
            if (fault == null) {
                attempt.renewed(sent);
            } else {
                LOG.atWarn()
                        .setCause(fault)
                        .addKeyValue("operationId", attempt.operation().id())
                        .log("heartbeat not acknowledged");
            }
        });
        long last = renewedInLog.computeIfAbsent(attempt, _ -> sent);
        if (sent - last > LOG_RENEWAL.toNanos()) {
            renewedInLog.put(attempt, sent);
            Operation operation = attempt.operation();
            append(new OperationRecord.Renewed(operation.database(), operation.id(), attempt.epoch(), clock.instant()));
        }
    }

    /// Stops all attempts and hands them back, so that another worker goes on at once. Close this before the
    /// follower.
    @Override
    public void close() {
        closing.countDown();
        running.values().forEach(this::stop);
        long deadline = System.nanoTime() + CLOSING_GRACE.toNanos();
        for (Running each : running.values()) {
            try {
                each.thread().join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        closed.countDown();
        Threads.end(pulse, Duration.ofSeconds(2));
    }
}
