package io.walkback.alerting.state;

import io.walkback.alerting.rule.AlertSubject;
import io.walkback.alerting.rule.Signal;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Alerts as a fold of signals; see the package for what it promises. Pure.
///
/// Status, severity and versions end the same whatever order signals arrive in. Count, `since` and the text are for
/// people, and follow the order in which this process saw them.
public final class AlertFold {
    private AlertFold() {}

    /// What the alert becomes by `signal`; the very same object when nothing changes.
    ///
    /// @param known the alert under the signal's key, null when there is none yet
    /// @param now written as the time of the change
    public static @Nullable AlertState apply(@Nullable AlertState known, Signal signal, Instant now) {
        if (known != null
                && signal.version() == null
                && signal.eventId() != null
                && signal.eventId().equals(known.lastEventId())) {
            return known;
        }
        return switch (signal) {
            case Signal.Raised raised -> raise(known, raised, now);
            case Signal.Cleared cleared -> clear(known, cleared, now);
        };
    }

    private static @Nullable AlertState raise(@Nullable AlertState known, Signal.Raised raised, Instant now) {
        Versions before = Versions.of(known);
        Versions after = before.withFailure(raised.severity(), before.place(raised));
        if (after.equals(before)) {
            return known;
        }
        Severity worst = after.worst().orElseThrow();
        if (known == null || !isOpen(known)) {
            long revision = known == null ? 1 : known.revision() + 1;
            return told(raised, worst, AlertStatus.OPEN, raised.at(), now, 1, revision, after);
        }
        boolean risen = worst != known.severity();
        long revision = known.revision() + (risen ? 1 : 0);
        AlertStatus status = risen ? AlertStatus.OPEN : known.status();
        Instant since = earlier(known.since(), raised.at());
        if (raised.severity() == worst) {
            return told(raised, worst, status, since, now, known.count() + 1, revision, after);
        }
        return new AlertState(
                known.alertKey(),
                known.kind(),
                known.database(),
                worst,
                status,
                since,
                now,
                known.count() + 1,
                revision,
                raised.eventId(),
                known.summary(),
                known.details(),
                known.runbook(),
                after.asMap());
    }

    private static @Nullable AlertState clear(@Nullable AlertState known, Signal.Cleared cleared, Instant now) {
        Versions before = Versions.of(known);
        Versions after = before.withAllClear(before.place(cleared));
        if (known == null) {
            return quiet(cleared, now, after);
        }
        if (after.equals(before)) {
            return known;
        }
        return settled(known, after, cleared, now);
    }

    /// `known` with other versions, and with the status and severity that follow from them.
    private static AlertState settled(AlertState known, Versions after, Signal.@Nullable Cleared by, Instant now) {
        Optional<Severity> worst = after.worst();
        AlertStatus status = worst.isEmpty()
                ? AlertStatus.RESOLVED
                : isOpen(known) && worst.get() == known.severity() ? known.status() : AlertStatus.OPEN;
        Severity severity = worst.orElse(known.severity());
        boolean changed = status != known.status() || severity != known.severity();
        return new AlertState(
                known.alertKey(),
                known.kind(),
                known.database(),
                severity,
                status,
                known.since(),
                changed ? now : known.updatedAt(),
                known.count(),
                known.revision() + (changed ? 1 : 0),
                by == null ? known.lastEventId() : by.eventId(),
                known.summary(),
                known.details(),
                known.runbook(),
                after.asMap());
    }

    /// Two records under one key, of which `later` stands later on the topic. As a rule it holds all that `earlier`
    /// does; where a process that had lost its place wrote it, what it did not know is put back.
    public static AlertState join(@Nullable AlertState earlier, AlertState later) {
        if (earlier == null) {
            return later;
        }
        Versions joined = Versions.of(earlier).join(Versions.of(later));
        if (joined.equals(Versions.of(later))) {
            return later;
        }
        AlertState base = later.revision() >= earlier.revision() ? later : earlier;
        return settled(base, joined, null, later.updatedAt());
    }

    public static boolean isOpen(AlertState alert) {
        return alert.status() == AlertStatus.OPEN || alert.status() == AlertStatus.ACKED;
    }

    /// An all-clear for what was never seen to fail, kept for its version. People are not shown it.
    private static AlertState quiet(Signal.Cleared cleared, Instant now, Versions versions) {
        AlertSubject subject = cleared.subject();
        return new AlertState(
                subject.key(),
                subject.kind().id(),
                subject.database(),
                Severity.INFO,
                AlertStatus.RESOLVED,
                cleared.at(),
                now,
                0,
                0,
                cleared.eventId(),
                "nothing has failed",
                Map.of(),
                subject.kind().runbook(),
                versions.asMap());
    }

    private static AlertState told(
            Signal.Raised raised,
            Severity severity,
            AlertStatus status,
            Instant since,
            Instant now,
            long count,
            long revision,
            Versions versions) {
        AlertSubject subject = raised.subject();
        return new AlertState(
                subject.key(),
                subject.kind().id(),
                subject.database(),
                severity,
                status,
                since,
                now,
                count,
                revision,
                raised.eventId(),
                raised.summary(),
                raised.details(),
                subject.kind().runbook(),
                versions.asMap());
    }

    private static Instant earlier(Instant left, Instant right) {
        return right.isBefore(left) ? right : left;
    }
}
