package io.walkback.alerting.state;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// The two topics as lists; can be told to fail.
public final class MemoryJournal implements AlertJournal {
    public final List<AlertState> states = new ArrayList<>();
    public final List<AlertDelivery> deliveries = new ArrayList<>();
    public boolean away;

    @Override
    public void write(AlertState state) {
        failIfAway();
        states.add(state);
    }

    @Override
    public void write(AlertDelivery delivery) {
        failIfAway();
        deliveries.add(delivery);
    }

    private void failIfAway() {
        if (away) {
            throw new RetryableException(FailureCode.BROKER_UNAVAILABLE, "injected", "Nothing to do.");
        }
    }

    public AlertBook book() {
        return book(Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC));
    }

    /// What a process that starts now reads.
    public AlertBook book(Clock clock) {
        return new AlertBook(this, clock, List.copyOf(states), List.copyOf(deliveries));
    }
}
