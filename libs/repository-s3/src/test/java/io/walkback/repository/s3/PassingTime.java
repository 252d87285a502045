package io.walkback.repository.s3;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Real time, in which pauses take none and count all the same.
final class PassingTime implements S3Time {
    private final AtomicLong skipped = new AtomicLong();
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private volatile double jitter = 0.5;

    @Override
    public long nanos() {
        return System.nanoTime() + skipped.get();
    }

    @Override
    public void pause(Duration length) {
        skipped.addAndGet(length.toNanos());
        pauses.add(length);
    }

    @Override
    public double jitter() {
        return jitter;
    }

    void jitter(double fixed) {
        jitter = fixed;
    }

    List<Duration> pauses() {
        return pauses;
    }

    Duration paused() {
        return Duration.ofNanos(skipped.get());
    }
}
