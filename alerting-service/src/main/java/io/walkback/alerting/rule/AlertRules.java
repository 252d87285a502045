package io.walkback.alerting.rule;

import io.walkback.domain.Text;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupCopied;
import io.walkback.domain.event.BackupExpired;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStarted;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.event.DrillStarted;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.RestoreCompleted;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.RestoreStarted;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.event.VerificationFailed;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which events alarm, and which ones end an alarm.
///
/// A cause is a kind and a database: whichever backup of the same type completes next shows that the database can
/// be backed up again, and whichever restore completes next shows that it can be restored, also when people chose
/// another host after the first failed.
public final class AlertRules {
    /// Longest value in [Signal.Raised#details], in characters. Both sinks take that much, and an error message
    /// that needs more is in the log.
    public static final int MAX_DETAIL = 1_500;

    private static final int MAX_SUMMARY = 500;

    private AlertRules() {}

    /// What `event` says, empty when it says nothing that people must know.
    public static Optional<Signal> signal(Event event) {
        return switch (event) {
            case BackupFailed failed -> Optional.of(backupFailed(failed));
            case BackupCompleted completed -> Optional.of(cleared(backup(completed, completed.type()), completed));
            case RestoreFailed failed -> Optional.of(restoreFailed(failed));
            case RestoreCompleted completed ->
                Optional.of(cleared(AlertSubject.of(AlertKind.RESTORE_FAILED, completed.database()), completed));
            case BackupRequested _,
                    BackupStarted _,
                    BackupCopied _,
                    BackupExpired _,
                    RestoreRequested _,
                    RestoreStarted _,
                    VerificationRequested _,
                    VerificationCompleted _,
                    VerificationFailed _,
                    DrillRequested _,
                    DrillStarted _,
                    DrillCompleted _,
                    DrillFailed _,
                    ExpiryRequested _,
                    WalSegmentArchived _,
                    WalGapDetected _,
                    WalGapClosed _,
                    RepositoryFinding _ -> Optional.empty();
        };
    }

    /// An attempt that another one follows is a warning: nobody is woken for what heals by itself.
    private static Signal backupFailed(BackupFailed failed) {
        Map<String, String> details = details(failed.problem(), failed.attempt(), failed.finalAttempt());
        put(details, "backupId", failed.backupId());
        String backup = (failed.type() == BackupType.LOGICAL ? "Logical backup of " : "Backup of ") + failed.database();
        String what = failed.finalAttempt()
                ? backup + " failed"
                : backup + ": attempt " + failed.attempt() + " failed, another follows";
        return raised(
                backup(failed, failed.type()),
                failed,
                failed.finalAttempt() ? Severity.ERROR : Severity.WARNING,
                what,
                failed.problem(),
                details);
    }

    /// Always critical: somebody restores because something is already wrong, and each lost attempt makes that
    /// longer.
    private static Signal restoreFailed(RestoreFailed failed) {
        Map<String, String> details = details(failed.problem(), failed.attempt(), failed.finalAttempt());
        put(details, "operationId", failed.operationId());
        put(details, "backupId", failed.backupId());
        put(details, "phase", failed.phase());
        put(details, "host", failed.host());
        put(details, "directory", failed.directory());
        return raised(
                AlertSubject.of(AlertKind.RESTORE_FAILED, failed.database()),
                failed,
                Severity.CRITICAL,
                "Restore of " + failed.database() + " failed",
                failed.problem(),
                details);
    }

    private static Signal raised(
            AlertSubject subject,
            Event event,
            Severity severity,
            String what,
            Problem problem,
            Map<String, String> details) {
        return new Signal.Raised(
                subject,
                event.stateVersion(),
                event.eventId(),
                event.occurredAt(),
                severity,
                printable(what + ": " + problem.message(), MAX_SUMMARY),
                details);
    }

    private static Signal cleared(AlertSubject subject, Event event) {
        return new Signal.Cleared(subject, event.stateVersion(), event.eventId(), event.occurredAt());
    }

    /// Rows that were dumped do not show that pages can be copied, nor the other way round.
    private static AlertSubject backup(Event event, BackupType type) {
        return new AlertSubject(
                AlertKind.BACKUP_FAILED, event.database(), type == BackupType.LOGICAL ? "logical" : null);
    }

    private static Map<String, String> details(Problem problem, int attempt, boolean finalAttempt) {
        Map<String, String> details = new LinkedHashMap<>();
        put(details, "failureCode", problem.code());
        put(details, "error", problem.message());
        put(details, "hint", problem.hint());
        put(details, "attempt", attempt);
        put(details, "finalAttempt", finalAttempt);
        put(details, "failureRunbook", FailureRunbook.of(problem.code()).page());
        return details;
    }

    private static void put(Map<String, String> details, String name, @Nullable Object value) {
        if (value != null && !value.toString().isBlank()) {
            details.put(name, printable(value.toString(), MAX_DETAIL));
        }
    }

    private static String printable(String text, int limit) {
        return Text.printable(text.strip().replaceAll("\\s+", " "), limit);
    }
}
