package io.walkback.alerting.delivery;

import io.walkback.alerting.delivery.DeliveryPlan.Step;
import io.walkback.alerting.rule.AlertSubject;
import io.walkback.alerting.rule.Signal;
import io.walkback.alerting.sink.AlertSink;
import io.walkback.alerting.sink.Notice;
import io.walkback.alerting.sink.Outcome;
import io.walkback.alerting.state.AlertBook;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.Severity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells one sink what it does not know yet, one call at a time. [#step] and its state belong to one thread;
/// [#changed] may be called by any.
final class SinkReconciler {
    /// Nobody waits longer before looking again.
    static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(SinkReconciler.class);

    private final AlertSink sink;
    private final AlertBook book;
    private final BooleanSupplier mayTell;
    private final DeliveryMeter meter;
    private final Clock clock;
    private final Backoff backoff;
    private final DeliveryPlan plan;
    private final RateBucket bucket;
    private final Set<String> unsettled = ConcurrentHashMap.newKeySet();
    private Instant pausedUntil = Instant.MIN;
    private volatile @Nullable String broken;

    /// @param mayTell asked before each call; false once another process may have taken over
    SinkReconciler(
            AlertSink sink,
            AlertBook book,
            BooleanSupplier mayTell,
            DeliveryMeter meter,
            Clock clock,
            Backoff backoff) {
        this.sink = sink;
        this.book = book;
        this.mayTell = mayTell;
        this.meter = meter;
        this.clock = clock;
        this.backoff = backoff;
        Instant now = clock.instant();
        this.plan = new DeliveryPlan(sink.name(), sink.from(), now);
        this.bucket = new RateBucket(sink.rate(), now);
        unsettled.addAll(book.keys());
    }

    String name() {
        return sink.name();
    }

    /// Why nothing is told here any more, null while something may be.
    @Nullable
    String broken() {
        return broken;
    }

    /// The alert under `key` is to be looked at.
    void changed(String key) {
        unsettled.add(key);
    }

    /// Makes at most one call. Returns how long nothing will be due unless something changes, zero for "go on".
    ///
    /// Throws [io.walkback.domain.PlatformException] when a record could not be written; the next step looks again.
    Duration step() throws InterruptedException {
        if (broken == null && sink.check() instanceof Outcome.Broken unusable) {
            disable(unusable.reason());
        }
        if (broken != null) {
            // What is not told stays unsettled, and is told after the restart that a new setting needs.
            return LONGEST_REST;
        }
        Instant now = clock.instant();
        Due due = due(now);
        if (due.entry() == null || due.notice() == null) {
            return shorter(Duration.between(now, due.next()));
        }
        Duration wait = pausedUntil.isAfter(now) ? Duration.between(now, pausedUntil) : bucket.untilFree(now);
        if (!wait.isZero()) {
            return shorter(wait);
        }
        if (!mayTell.getAsBoolean()) {
            return Duration.ofSeconds(1);
        }
        bucket.take(now);
        tell(due.entry(), due.notice(), now);
        return Duration.ZERO;
    }

    private record Due(@Nullable AlertEntry entry, @Nullable Notice notice, Instant next) {}

    /// The worst alert that is due, of those the oldest; and when the next one will be if none is.
    private Due due(Instant now) {
        AlertEntry chosen = null;
        Notice notice = null;
        Instant next = now.plus(LONGEST_REST);
        for (String key : List.copyOf(unsettled)) {
            // Removed before it is looked at, so that a change in between puts it back.
            unsettled.remove(key);
            AlertEntry entry = book.entry(key);
            if (entry == null) {
                continue;
            }
            switch (plan.next(entry, now)) {
                case Step.Nothing _ -> {}
                case Step.Wait wait -> {
                    unsettled.add(key);
                    next = wait.until().isBefore(next) ? wait.until() : next;
                }
                case Step.Tell tell -> {
                    unsettled.add(key);
                    if (chosen == null || isMoreUrgent(entry.state(), chosen.state())) {
                        chosen = entry;
                        notice = new Notice(entry.state(), tell.action());
                    }
                }
            }
        }
        return new Due(chosen, notice, next);
    }

    private static boolean isMoreUrgent(AlertState left, AlertState right) {
        int bySeverity = left.severity().compareTo(right.severity());
        return bySeverity > 0 || (bySeverity == 0 && left.since().isBefore(right.since()));
    }

    private void tell(AlertEntry entry, Notice notice, Instant now) throws InterruptedException {
        AlertDelivery intent = Deliveries.intent(entry, sink.name(), now);
        book.record(intent);
        Outcome outcome = sink.tell(notice);
        Instant after = clock.instant();
        switch (outcome) {
            case Outcome.Accepted _ -> accepted(intent, notice, after);
            case Outcome.TryLater later -> later(intent, notice, later, after);
            case Outcome.Refused refused -> {
                book.record(Deliveries.stopped(intent, refused.reason(), after));
                alarm(refused.reason() + " and does not take " + intent.alertKey(), after);
            }
            case Outcome.Broken reason -> {
                book.record(Deliveries.stopped(intent, reason.reason(), after));
                disable(reason.reason());
            }
        }
        meter.told(sink.name(), outcome);
        changed(intent.alertKey());
        LOG.atInfo()
                .addKeyValue("alertKey", intent.alertKey())
                .addKeyValue("sink", sink.name())
                .addKeyValue("action", notice.action())
                .addKeyValue("revision", notice.alert().revision())
                .addKeyValue("outcome", outcome)
                .addKeyValue("durationMs", Duration.between(now, after).toMillis())
                .log("alert sink called");
    }

    private void accepted(AlertDelivery intent, Notice notice, Instant now) {
        book.record(Deliveries.accepted(intent, notice, now));
        AlertSubject self = AlertSubject.sink(sink.name());
        AlertEntry open = book.entry(self.key());
        if (open != null && AlertFold.isOpen(open.state())) {
            book.apply(new Signal.Cleared(self, null, null, now));
        }
    }

    private void later(AlertDelivery intent, Notice notice, Outcome.TryLater later, Instant now) {
        Duration wait = backoff.after(intent.attempts() + 1);
        Duration asked = later.after();
        if (asked != null) {
            // It is the service that is too busy, not this one alert.
            pausedUntil = now.plus(asked);
            wait = asked.compareTo(wait) > 0 ? asked : wait;
        }
        Instant first = intent.firstAttemptAt();
        if (first != null && !first.plus(DeliveryPlan.GIVE_UP).isAfter(now)) {
            book.record(Deliveries.stopped(intent, "given up after 24 h: " + later.reason(), now));
            alarm("no success for 24 h with " + notice.alert().alertKey() + ": " + later.reason(), now);
            return;
        }
        book.record(Deliveries.failed(intent, later.reason(), now.plus(wait), now));
    }

    private void disable(String reason) {
        broken = reason;
        alarm(reason, clock.instant());
    }

    private void alarm(String reason, Instant now) {
        LOG.atError()
                .addKeyValue("sink", sink.name())
                .addKeyValue("reason", reason)
                .log("alert sink cannot be told; the others are");
        book.apply(new Signal.Raised(
                AlertSubject.sink(sink.name()),
                null,
                null,
                now,
                Severity.ERROR,
                "Alerts cannot be delivered to " + sink.name() + ": " + reason,
                Map.of("sink", sink.name(), "error", reason)));
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(LONGEST_REST) < 0 ? wait : LONGEST_REST;
    }
}
