package io.walkback.repository.s3;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Time that passes and pauses that are made, so that a test's ten minutes are milliseconds. Thread-safe.
interface S3Time {
    /// Nanoseconds of a clock that nobody sets.
    long nanos();

    void pause(Duration length) throws InterruptedException;

    /// A number from 0 to 1, for jitter.
    double jitter();

    static S3Time system() {
        return new S3Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration length) throws InterruptedException {
                Thread.sleep(length);
            }

            @Override
            public double jitter() {
                return ThreadLocalRandom.current().nextDouble();
            }
        };
    }
}
