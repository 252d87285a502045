package io.walkback.alerting.delivery;

import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.state.AlertBook;
import io.walkback.domain.PlatformException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running reconciler per sink, each on a virtual thread of its own, for as long as this process is the one
/// that tells. [#close] lets a call that is under way come to its end, within 13 s.
public final class DeliveryDesk implements AutoCloseable {
    /// A call ends within 12 s.
    private static final Duration PATIENCE = Duration.ofSeconds(13);

    private static final Duration AFTER_FAULT = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryDesk.class);

    private final List<Runner> runners = new ArrayList<>();
    private volatile boolean closing;

    private record Runner(SinkReconciler reconciler, Semaphore wake, Thread thread) {}

    private DeliveryDesk() {}

    /// Starts to tell `sinks` what `book` holds.
    ///
    /// @param mayTell asked before each call
    public static DeliveryDesk open(
            List<AlertSink> sinks, AlertBook book, BooleanSupplier mayTell, DeliveryMeter meter, Clock clock) {
        DeliveryDesk desk = new DeliveryDesk();
        for (AlertSink sink : sinks) {
            SinkReconciler reconciler =
                    new SinkReconciler(sink, book, mayTell, meter, clock, new Backoff(RandomGenerator.getDefault()));
            Semaphore wake = new Semaphore(0);
            Thread thread = Thread.ofVirtual().name("sink-" + sink.name()).unstarted(() -> desk.run(reconciler, wake));
            desk.runners.add(new Runner(reconciler, wake, thread));
        }
        book.follow(desk::changed);
        desk.runners.forEach(runner -> runner.thread().start());
        return desk;
    }

    /// Why sinks are told nothing, by their names; empty when all are well.
    public Map<String, String> broken() {
        Map<String, String> reasons = new TreeMap<>();
        for (Runner runner : runners) {
            String reason = runner.reconciler().broken();
            if (reason != null) {
                reasons.put(runner.reconciler().name(), reason);
            }
        }
        return reasons;
    }

    private void changed(String key) {
        for (Runner runner : runners) {
            runner.reconciler().changed(key);
            runner.wake().release();
        }
    }

    private void run(SinkReconciler reconciler, Semaphore wake) {
        try {
            while (!closing) {
                Duration rest = step(reconciler);
                if (!rest.isZero() && wake.tryAcquire(rest.toMillis() + 1, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException _) {
            // Closed. A call that was under way is repeated by whoever tells next, under the same dedup key.
            Thread.currentThread().interrupt();
        }
    }

    private static Duration step(SinkReconciler reconciler) throws InterruptedException {
        try {
            return reconciler.step();
        } catch (PlatformException fault) {
            LOG.atWarn()
                    .addKeyValue("sink", reconciler.name())
                    .addKeyValue("failureCode", fault.code())
                    .setCause(fault)
                    .log("a delivery could not be recorded, trying again");
            return AFTER_FAULT;
        }
    }

    @Override
    public void close() {
        closing = true;
        runners.forEach(runner -> runner.wake().release());
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (Runner runner : runners) {
            join(runner.thread(), Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
    }

    private static void join(Thread thread, Duration patience) {
        try {
            if (!thread.join(patience)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
