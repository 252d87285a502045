package io.walkback.alerting.sink;

import io.walkback.domain.event.Severity;

/// A sink whose setting cannot be used: broken before the first call, so that the other sinks tell of it at once.
///
/// @param reason what is wrong with the setting, without its value
public record UnusableSink(String name, Severity from, String reason) implements AlertSink {
    @Override
    public Rate rate() {
        return new Rate(1, 1);
    }

    @Override
    public Outcome tell(Notice notice) {
        return check();
    }

    @Override
    public Outcome check() {
        return new Outcome.Broken(reason);
    }
}
