package io.walkback.restore.plan;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Text;
import io.walkback.domain.operation.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Refusals of a target, each with the nearest ones that can be reached (P12, pitfall 40).
final class Refusals {
    private Refusals() {}

    /// How far one backup and its WAL reach.
    ///
    /// @param consistentAt when that was, by the worker's clock
    /// @param last the last record that can be replayed begins here
    /// @param until the latest time that is covered
    record Reach(Lsn consistent, Instant consistentAt, Lsn last, Instant until) {}

    /// No backup stops before the target.
    static OperatorActionException tooEarly(RecoveryTarget target, List<Candidate> all) {
        Optional<Candidate> first = all.stream()
                .filter(candidate -> !Candidate.before(target, all).contains(candidate))
                .min((left, right) -> left.completedAt().compareTo(right.completedAt()));
        return unreachable(
                target,
                "no backup ended before it",
                first.map(candidate -> "the nearest later one is " + candidate.stop() + ", when backup "
                                + candidate.id() + " ended at " + candidate.completedAt())
                        .orElse("there is no backup at all"));
    }

    /// The chosen backup ends after the target.
    static OperatorActionException beforeBackup(RecoveryTarget target, Candidate backup) {
        return unreachable(
                target,
                "backup " + backup.id() + " ends at " + backup.stop() + ", on " + backup.completedAt(),
                "the earliest that this backup reaches is " + backup.stop() + "; an older backup reaches earlier ones");
    }

    /// The archive ends, or has a hole, before the target.
    static OperatorActionException beyond(
            RecoveryTarget target, Candidate backup, WalChain wal, Reach reach, List<Candidate> all) {
        String why = why(wal);
        String later = all.stream()
                .filter(other -> other.stop().isAfter(wal.end()))
                .min((left, right) -> left.stop().compareTo(right.stop()))
                .map(other -> ", the earliest after it " + other.stop() + " (" + other.completedAt() + ", backup "
                        + other.id() + ")")
                .orElse("");
        return unreachable(
                target,
                why,
                "the latest that backup " + backup.id() + " reaches is " + reach.last() + " (" + reach.until() + ")"
                        + later);
    }

    private static String why(WalChain wal) {
        if (!wal.resumes()) {
            return "the archive ends with " + wal.end();
        }
        return wal.tailEnd() == null
                ? "wal segment " + wal.next() + " is missing from the archive"
                : "wal segment " + wal.next() + " is in the archive up to " + wal.end()
                        + " only, and later wal is there";
    }

    /// The backup itself cannot be made consistent.
    static OperatorActionException incomplete(RecoveryTarget target, Candidate backup, WalChain wal) {
        return unreachable(
                target,
                "backup " + backup.id() + " needs wal up to " + backup.stop() + ", and segment " + wal.next()
                        + " is not complete in the archive"
                        + (wal.resumes() ? ", and later wal is there" : ""),
                "nothing can be reached with this backup yet");
    }

    /// The backup is not part of the timeline that is asked for.
    static OperatorActionException otherTimeline(RecoveryTarget target, Candidate backup, WalChain wal) {
        return unreachable(
                target,
                "backup " + backup.id() + " ended on timeline " + backup.timeline() + " at " + backup.stop()
                        + ", which timeline " + wal.history().timeline() + " left earlier",
                "a backup of the other branch, or timeline " + backup.timeline() + ", can be reached");
    }

    /// The WAL that leads on from the backup has no record of the target.
    static OperatorActionException notInWal(RecoveryTarget target, Candidate backup, WalChain wal) {
        return unreachable(
                target,
                "it is not in the wal from " + backup.stop() + ", where backup " + backup.id() + " ends, to "
                        + wal.end() + " on timeline " + wal.history().timeline(),
                "any position in there can be reached");
    }

    static String text(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest _ -> "the latest position";
            case RecoveryTarget.Immediate _ -> "the end of the backup";
            case RecoveryTarget.Time time -> "time " + time.time();
            case RecoveryTarget.Position position -> "position " + position.lsn();
            case RecoveryTarget.Transaction transaction -> "transaction " + transaction.xid();
            case RecoveryTarget.RestorePoint point -> "restore point '" + Text.printable(point.name(), 63) + "'";
        };
    }

    private static OperatorActionException unreachable(RecoveryTarget target, String why, String nearest) {
        return new OperatorActionException(
                FailureCode.TARGET_UNREACHABLE,
                text(target) + " cannot be reached: " + why + "; " + nearest,
                "Nothing was copied. Ask for one of the targets that the message names.");
    }
}
