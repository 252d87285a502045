package io.walkback.alerting.delivery;

import io.walkback.alerting.rule.AlertSubject;
import io.walkback.alerting.sink.Notice.Action;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What one sink has still to be told about one alert. Pure.
///
/// @param sink the sink's name
/// @param from what is less than this is not told there
/// @param startedAt when this process took over; what was refused before that is tried once more, since the
///     settings may have been mended
record DeliveryPlan(String sink, Severity from, Instant startedAt) {
    /// How long a warning must stand, well below the minute in which people must know (P10).
    static final Duration WARNING_SETTLES = Duration.ofSeconds(30);

    /// How long an all-clear must stand.
    static final Duration RESOLVE_SETTLES = Duration.ofSeconds(10);

    /// After this much trying a sink is given up for that alert.
    static final Duration GIVE_UP = Duration.ofHours(24);

    /// What is next.
    sealed interface Step {
        /// The sink knows, or need not.
        record Nothing() implements Step {}

        record Wait(Instant until) implements Step {}

        record Tell(Action action) implements Step {}
    }

    Step next(AlertEntry entry, Instant now) {
        AlertState alert = entry.state();
        AlertDelivery delivery = entry.delivery(sink);
        Action action = wanted(alert, delivery);
        if (action == null || alert.alertKey().equals(AlertSubject.sink(sink).key())) {
            return new Step.Nothing();
        }
        Instant due = settled(alert, action);
        if (delivery != null && delivery.attemptedRevision() == alert.revision() && delivery.attempts() > 0) {
            Instant retry = delivery.nextAttemptAt();
            if (retry == null && isGivenUp(delivery, now)) {
                return new Step.Nothing();
            }
            due = retry != null && retry.isAfter(due) ? retry : due;
        }
        return due.isAfter(now) ? new Step.Wait(due) : new Step.Tell(action);
    }

    private @Nullable Action wanted(AlertState alert, @Nullable AlertDelivery delivery) {
        boolean mayKnow = delivery != null
                && (delivery.deliveredStatus() == AlertStatus.OPEN
                        || delivery.attemptedRevision() > delivery.deliveredRevision());
        boolean stands = AlertFold.isOpen(alert) && alert.severity().compareTo(from) >= 0;
        if (!stands) {
            return mayKnow ? Action.RESOLVE : null;
        }
        boolean knows = delivery != null
                && delivery.deliveredStatus() == AlertStatus.OPEN
                && delivery.deliveredSeverity().compareTo(alert.severity()) >= 0
                && delivery.attemptedRevision() <= delivery.deliveredRevision();
        return knows || alert.status() == AlertStatus.ACKED ? null : Action.TRIGGER;
    }

    private static Instant settled(AlertState alert, Action action) {
        if (action == Action.RESOLVE) {
            return alert.updatedAt().plus(RESOLVE_SETTLES);
        }
        return alert.severity() == Severity.WARNING ? alert.since().plus(WARNING_SETTLES) : alert.since();
    }

    private boolean isGivenUp(AlertDelivery delivery, Instant now) {
        Instant first = delivery.firstAttemptAt();
        boolean tooLong = first != null && !first.plus(GIVE_UP).isAfter(now);
        return tooLong || !delivery.updatedAt().isBefore(startedAt);
    }
}
