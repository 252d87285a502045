package io.walkback.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until a test moves it, also backwards, as clocks of real machines do. Thread-safe;
/// clocks made by [#withZone] move with the one that they were made from.
public final class MutableClock extends Clock {
    private final AtomicReference<Instant> now;
    private final ZoneId zone;

    private MutableClock(AtomicReference<Instant> now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
    }

    /// A clock in UTC that shows `start`.
    public static MutableClock at(Instant start) {
        return new MutableClock(new AtomicReference<>(start), ZoneOffset.UTC);
    }

    /// The same for text such as `2026-03-08T02:00:00Z`.
    public static MutableClock at(String start) {
        return at(Instant.parse(start));
    }

    /// Moves the clock; a negative duration moves it back.
    public void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    /// Sets the clock.
    public void set(Instant instant) {
        now.set(instant);
    }

    @Override
    public Instant instant() {
        return Objects.requireNonNull(now.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new MutableClock(now, other);
    }
}
