package io.walkback.alerting.sink;

import io.walkback.domain.event.Severity;

/// One place where people are told. Told one thing at a time, by one thread.
public interface AlertSink extends AutoCloseable {
    /// Short, stable, part of keys.
    String name();

    /// What is less than this is not told here.
    Severity from();

    /// How often it may be called.
    Rate rate();

    /// Tells people, within 12 s. An interrupt ends the call, and leaves open whether it arrived.
    Outcome tell(Notice notice) throws InterruptedException;

    /// Whether anything can be told here with the settings as they are; else why not, as [Outcome.Broken] would
    /// say.
    default Outcome check() {
        return new Outcome.Accepted();
    }

    /// Ends a call that is under way, and the connections.
    @Override
    default void close() {}

    /// @param perMinute calls in a minute, in the long run
    /// @param burst calls at once after a rest
    record Rate(int perMinute, int burst) {
        public Rate {
            if (perMinute < 1 || burst < 1) {
                throw new IllegalArgumentException("a rate is at least 1 a minute and 1 at once");
            }
        }
    }
}
