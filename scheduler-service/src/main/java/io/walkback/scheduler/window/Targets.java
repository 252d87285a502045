package io.walkback.scheduler.window;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.window.Answer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Refuses restores to what is known to be missing, before anybody copies a byte (P12, F39). Thread-safe.
public final class Targets {
    private final Windows windows;

    public Targets(Windows windows) {
        this.windows = windows;
    }

    /// Why a restore cannot end where it is wanted; empty where it can, and where only the repository can tell.
    public Optional<Problem> problem(RestoreRequested request) {
        return windows.of(request.database()).flatMap(window -> switch (request.target()) {
            case RecoveryTarget.Time(Instant time) ->
                Optional.of(window.at(time, request.backupId(), request.timeline()))
                        .flatMap(answer -> problem(request.database(), "time " + time, answer));
            case RecoveryTarget.Position position ->
                Optional.of(window.at(position.lsn(), request.backupId(), request.timeline()))
                        .flatMap(answer -> problem(request.database(), "position " + position.lsn(), answer));
            case RecoveryTarget.Latest _,
                    RecoveryTarget.Immediate _,
                    RecoveryTarget.Transaction _,
                    RecoveryTarget.RestorePoint _ -> Optional.empty();
        });
    }

    private static Optional<Problem> problem(DatabaseId database, String target, Answer answer) {
        return answer instanceof Answer.Unreachable unreachable
                        && unreachable.hole() != null
                        && unreachable.hole().declared() != null
                ? Optional.of(new Problem(
                        FailureCode.TARGET_UNREACHABLE,
                        target + " cannot be reached: " + why(unreachable) + "; " + nearest(unreachable),
                        "Nothing was copied. Ask for one of the targets that the message names; 'walkback window "
                                + database + "' shows all of them."))
                : Optional.empty();
    }

    /// Why a target cannot be reached, without a full stop.
    public static String why(Answer.Unreachable unreachable) {
        Answer.Missing hole = unreachable.hole();
        if (hole != null) {
            WalHole declared = hole.declared();
            return "wal of timeline " + hole.timeline() + " from " + hole.from() + " to " + hole.to() + " is missing, "
                    + (declared == null
                            ? "and nothing has told why"
                            : declared.cause() + ", known since " + declared.since());
        }
        return switch (unreachable.reason()) {
            case NO_BACKUP -> "no backup with all its wal ended before it on the timeline";
            case END, HOLE -> "the archive ends before it";
        };
    }

    /// The nearest on both sides, without a full stop.
    public static String nearest(Answer.Unreachable unreachable) {
        return "the nearest before it is " + text(unreachable.before()) + ", the nearest after it is "
                + text(unreachable.after());
    }

    private static String text(Answer.@Nullable Nearest nearest) {
        if (nearest == null) {
            return "none";
        }
        String lsn = nearest.lsn() == null ? "" : "position " + nearest.lsn();
        String time = nearest.time() == null ? "" : nearest.time().toString();
        TimelineId timeline = nearest.timeline();
        return (time.isEmpty() ? lsn : lsn.isEmpty() ? time : time + " (" + lsn + ")") + " on timeline " + timeline;
    }
}
