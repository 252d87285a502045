package io.walkback.alerting.delivery;

import io.walkback.alerting.sink.Outcome;

/// Counts what came of calls. Thread-safe.
public interface DeliveryMeter {
    void told(String sink, Outcome outcome);
}
