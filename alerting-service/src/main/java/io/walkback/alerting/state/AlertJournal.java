package io.walkback.alerting.state;

import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;

/// Where states and deliveries outlive this process.
public interface AlertJournal {
    /// Returns once the record is durable. Throws [io.walkback.domain.PlatformException] when it is not, or may
    /// not be.
    void write(AlertState state);

    /// As [#write(AlertState)].
    void write(AlertDelivery delivery);
}
