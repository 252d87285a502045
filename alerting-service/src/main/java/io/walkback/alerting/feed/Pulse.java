package io.walkback.alerting.feed;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Whether this process may tell people now: its consumer is alive, and it has caught up with what happened before
/// it took over. Thread-safe; measured on a monotonic clock, so that neither a jump of the wall clock nor a frozen
/// process passes for life.
final class Pulse {
    /// Less than the 45 s after which the group gives the partitions to somebody else.
    static final Duration ALIVE = Duration.ofSeconds(30);

    /// The longest wait for a backlog of facts.
    static final Duration CATCH_UP = Duration.ofSeconds(20);

    private final LongSupplier nanoTime;
    private final long start;
    private volatile long lastBeat;
    private volatile boolean ranDry;

    Pulse(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.lastBeat = start;
    }

    /// The consumer has handled a fact.
    void beat() {
        lastBeat = nanoTime.getAsLong();
    }

    /// The consumer has polled and there was nothing.
    void idle() {
        beat();
        ranDry = true;
    }

    boolean mayTell() {
        long now = nanoTime.getAsLong();
        boolean alive = now - lastBeat <= ALIVE.toNanos();
        return alive && (ranDry || now - start >= CATCH_UP.toNanos());
    }
}
