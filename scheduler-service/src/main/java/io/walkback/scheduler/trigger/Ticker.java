package io.walkback.scheduler.trigger;

import io.walkback.domain.RetryableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls its steps once a second, one after the other, on one thread. What can be tried again is, at the next
/// tick; any other fault goes to `onFatal`.
public final class Ticker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final List<Runnable> steps;
    private final Consumer<Throwable> onFatal;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    public Ticker(List<Runnable> steps, Consumer<Throwable> onFatal) {
        this.steps = List.copyOf(steps);
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name("ticker").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                steps.forEach(Ticker::step);
            } while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            LOG.atDebug().log("ticker interrupted while closing");
        } catch (Throwable fault) {
            if (closing.getCount() > 0) {
                onFatal.accept(fault);
            }
        }
    }

    private static void step(Runnable step) {
        try {
            step.run();
        } catch (RetryableException later) {
            LOG.atWarn()
                    .addKeyValue("failureCode", later.code())
                    .log("not done now, done at a later tick: {}", later.text());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
