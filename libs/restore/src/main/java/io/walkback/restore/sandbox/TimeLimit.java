package io.walkback.restore.sandbox;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Interrupts the thread that made it once the time is over, so that whatever it waits for ends. Closed by that
/// thread.
final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final Thread owner = Thread.currentThread();
    private final Thread timer;
    private boolean passed;
    private boolean closed;

    private TimeLimit(Duration limit) {
        this.limit = limit;
        this.timer = Thread.ofVirtual().name("time-limit").unstarted(this::wake);
    }

    static TimeLimit start(Duration limit) {
        TimeLimit started = new TimeLimit(limit);
        started.timer.start();
        return started;
    }

    private void wake() {
        try {
            // The only way to be woken at a time; closing it interrupts.
            TimeUnit.NANOSECONDS.sleep(limit.toNanos());
        } catch (InterruptedException _) {
            return;
        }
        synchronized (this) {
            if (!closed) {
                passed = true;
                owner.interrupt();
            }
        }
    }

    synchronized boolean hasPassed() {
        return passed;
    }

    /// What to throw instead of what the interrupt made of the work.
    OperatorActionException exceeded(Throwable cause) {
        return new OperatorActionException(
                FailureCode.WAIT_EXPIRED,
                "the scratch cluster was not done within its limit of " + limit.toSeconds() + " s",
                "Allow more time, or see which phase took it.",
                cause);
    }

    /// No interrupt of this limit comes after that, and none is left behind.
    @Override
    public synchronized void close() {
        closed = true;
        timer.interrupt();
        if (passed && Thread.currentThread().equals(owner)) {
            var _ = Thread.interrupted();
        }
    }
}
