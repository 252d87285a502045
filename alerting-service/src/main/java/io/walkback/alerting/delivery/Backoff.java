package io.walkback.alerting.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after a failed attempt: doubling from 1 s to 5 min, each time a random part of at least half,
/// so that many alerts do not come back in step.
final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final int DOUBLINGS = 9;

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /// @param attempts how many have failed, at least 1
    Duration after(int attempts) {
        long full = FIRST.toMillis() << Math.clamp(attempts, 0, DOUBLINGS);
        long most = Math.min(full, LONGEST.toMillis());
        return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    }
}
