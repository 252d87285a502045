package io.walkback.testkit;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The faults that hold on a [TcpFaultProxy] now. One monitor guards them and wakes whoever waits when they change.
final class FaultPlan {
    private final Map<FlowDirection, Long> passed = new EnumMap<>(FlowDirection.class);
    private final Map<FlowDirection, Long> seen = new EnumMap<>(FlowDirection.class);
    private long delayNanos;
    private long bytesPerSecond;
    private boolean frozen;
    private boolean refusing;
    private boolean ended;
    private boolean flipped;
    private @Nullable FlowDirection flipDirection;
    private long flipAt;

    synchronized void delay(Duration each) {
        delayNanos = each.toNanos();
    }

    synchronized void throttle(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("bytes per second must be at least 1, was " + limit);
        }
        bytesPerSecond = limit;
    }

    synchronized void freeze() {
        frozen = true;
    }

    synchronized void refuse() {
        refusing = true;
    }

    synchronized void flip(FlowDirection direction, long skip) {
        flipped = false;
        flipDirection = direction;
        flipAt = seen.getOrDefault(direction, 0L) + skip;
    }

    synchronized boolean flipped() {
        return flipped;
    }

    synchronized boolean refuses() {
        return refusing;
    }

    synchronized long passed(FlowDirection direction) {
        return passed.getOrDefault(direction, 0L);
    }

    synchronized void count(FlowDirection direction, int bytes) {
        passed.merge(direction, (long) bytes, Long::sum);
    }

    synchronized void heal() {
        delayNanos = 0;
        bytesPerSecond = 0;
        frozen = false;
        refusing = false;
        flipDirection = null;
        notifyAll();
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /// Holds a piece of data back for as long as the faults say, and changes it when one says so.
    synchronized void pass(FlowDirection direction, byte[] data, int length) throws InterruptedException {
        long first = seen.getOrDefault(direction, 0L);
        seen.put(direction, first + length);
        if (direction == flipDirection && flipAt >= first && flipAt < first + length) {
            data[Math.toIntExact(flipAt - first)] ^= 1;
            flipped = true;
            flipDirection = null;
        }
        long throttleNanos = bytesPerSecond == 0 ? 0 : length * 1_000_000_000L / bytesPerSecond;
        hold(delayNanos + throttleNanos);
        awaitThaw();
    }

    /// Waits while the network is frozen.
    synchronized void awaitThaw() throws InterruptedException {
        while (frozen && !ended) {
            wait();
        }
    }

    private void hold(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !ended && faulty(); left = end - System.nanoTime()) {
            wait(Math.max(1, left / 1_000_000));
        }
    }

    private boolean faulty() {
        return delayNanos > 0 || bytesPerSecond > 0;
    }
}
