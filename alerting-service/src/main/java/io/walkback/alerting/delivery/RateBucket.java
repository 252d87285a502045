package io.walkback.alerting.delivery;

import io.walkback.alerting.sink.AlertSink.Rate;
import java.time.Duration;
import java.time.Instant;

/// Tokens that come back at a steady pace, one per call. Not thread-safe: one sink, one thread.
final class RateBucket {
    private final int burst;
    private final Duration pace;
    private Instant full;

    RateBucket(Rate rate, Instant now) {
        this.burst = rate.burst();
        this.pace = Duration.ofMinutes(1).dividedBy(rate.perMinute());
        this.full = now;
    }

    /// How long until a call is allowed; zero when it is now.
    Duration untilFree(Instant now) {
        Instant earliest = full.minus(pace.multipliedBy(burst - 1L));
        return earliest.isAfter(now) ? Duration.between(now, earliest) : Duration.ZERO;
    }

    /// Takes the token of a call that [#untilFree] allowed.
    void take(Instant now) {
        full = (full.isAfter(now) ? full : now).plus(pace);
    }
}
