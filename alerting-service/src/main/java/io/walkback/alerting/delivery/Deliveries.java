package io.walkback.alerting.delivery;

import io.walkback.alerting.sink.Notice;
import io.walkback.alerting.state.AlertEntry;
import io.walkback.domain.event.AlertDelivery;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The records of one delivery, in the order in which they are written.
final class Deliveries {
    private Deliveries() {}

    /// Before the call: this revision is about to be tried. Another revision than the one in hand starts counting
    /// anew.
    static AlertDelivery intent(AlertEntry entry, String sink, Instant now) {
        AlertDelivery recorded = entry.delivery(sink);
        AlertDelivery known = recorded == null ? untold(entry, sink, now) : recorded;
        long revision = entry.state().revision();
        boolean goesOn = known.attemptedRevision() == revision;
        Instant first = goesOn ? known.firstAttemptAt() : null;
        return new AlertDelivery(
                known.alertKey(),
                sink,
                known.deliveredRevision(),
                known.deliveredStatus(),
                known.deliveredSeverity(),
                revision,
                goesOn ? known.attempts() : 0,
                first == null ? now : first,
                known.deliveredAt(),
                now,
                goesOn ? known.lastError() : null,
                now);
    }

    private static AlertDelivery untold(AlertEntry entry, String sink, Instant now) {
        return new AlertDelivery(
                entry.state().alertKey(),
                sink,
                0,
                AlertStatus.UNKNOWN,
                Severity.UNKNOWN,
                0,
                0,
                null,
                null,
                null,
                null,
                now);
    }

    static AlertDelivery accepted(AlertDelivery intent, Notice notice, Instant now) {
        return new AlertDelivery(
                intent.alertKey(),
                intent.sink(),
                intent.attemptedRevision(),
                notice.action() == Notice.Action.TRIGGER ? AlertStatus.OPEN : AlertStatus.RESOLVED,
                notice.alert().severity(),
                intent.attemptedRevision(),
                0,
                null,
                now,
                null,
                null,
                now);
    }

    static AlertDelivery failed(AlertDelivery intent, String reason, Instant next, Instant now) {
        return after(intent, reason, next, now);
    }

    /// No further attempt until a process starts anew.
    static AlertDelivery stopped(AlertDelivery intent, String reason, Instant now) {
        return after(intent, reason, null, now);
    }

    private static AlertDelivery after(AlertDelivery intent, String reason, @Nullable Instant next, Instant now) {
        return new AlertDelivery(
                intent.alertKey(),
                intent.sink(),
                intent.deliveredRevision(),
                intent.deliveredStatus(),
                intent.deliveredSeverity(),
                intent.attemptedRevision(),
                intent.attempts() + 1,
                intent.firstAttemptAt(),
                intent.deliveredAt(),
                next,
                reason,
                now);
    }
}
