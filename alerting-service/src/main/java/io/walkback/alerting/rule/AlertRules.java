package io.walkback.alerting.rule;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupCopied;
import io.walkback.domain.event.BackupExpired;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupStarted;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.domain.event.CopiesChecked;
import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.event.DrillStarted;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.ExpiryRequested;
import io.walkback.domain.event.ProofChecked;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.RestoreCompleted;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.event.RestoreRequested;
import io.walkback.domain.event.RestoreStarted;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.event.VerificationFailed;
import io.walkback.domain.event.VerificationRequested;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.Verifications;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private static final List<FailureCode> TAMPERED =
            List.of(FailureCode.OBJECT_OVERWRITTEN, FailureCode.OBJECT_HIDDEN, FailureCode.OBJECT_UNLOCKED);

    private AlertRules() {}

    /// What `event` says, nothing when it says nothing that people must know.
    public static List<Signal> signals(Event event) {
        return switch (event) {
            case BackupFailed failed -> List.of(backupFailed(failed));
            case BackupCompleted completed -> backupCompleted(completed);
            case RestoreFailed failed -> List.of(restoreFailed(failed));
            case RestoreCompleted completed -> List.of(cleared(AlertKind.RESTORE_FAILED, completed));
            case RepositoryFinding finding -> List.of(found(finding));
            case VerificationCompleted completed -> verificationCompleted(completed);
            case VerificationFailed failed -> verificationFailed(failed);
            case CopiesChecked checked -> List.of(copies(checked));
            case WalGapDetected gap -> List.of(WalAlerts.gap(gap));
            case WalGapClosed gap ->
                List.of(cleared(AlertSubject.of(AlertKind.WAL_GAP, gap.database(), gap.gapId()), gap));
            case WalChecked checked -> List.of(WalAlerts.stalled(checked));
            case SlotChecked checked -> List.of(WalAlerts.slot(checked));
            case CommitsChecked checked -> List.of(WalAlerts.blocked(checked));
            case DrillCompleted completed -> DrillAlerts.completed(completed);
            case DrillFailed failed -> DrillAlerts.failed(failed);
            case ProofChecked checked -> DrillAlerts.checked(checked);
            case BackupRequested _,
                    BackupStarted _,
                    BackupCopied _,
                    BackupExpired _,
                    RestoreRequested _,
                    RestoreStarted _,
                    VerificationRequested _,
                    DrillRequested _,
                    DrillStarted _,
                    ExpiryRequested _,
                    WalSegmentArchived _,
                    WalExpired _ -> List.of();
        };
    }

    /// A backup shows that the database can be backed up, and one without page errors that its pages are right
    /// again.
    private static List<Signal> backupCompleted(BackupCompleted completed) {
        Signal can = cleared(backup(completed, completed.type()), completed);
        return completed.type() != BackupType.LOGICAL && completed.extent().pageChecksumErrors() == 0
                ? List.of(can, cleared(AlertKind.PAGE_CHECKSUM, completed))
                : List.of(can);
    }

    /// One incident per cause: what was done for a repository that somebody tampers with, however many objects he
    /// did it to; the database for damage.
    private static Signal found(RepositoryFinding finding) {
        FailureCode code = finding.problem().code();
        AlertKind kind =
                switch (code) {
                    case OBJECT_OVERWRITTEN, OBJECT_HIDDEN, OBJECT_UNLOCKED -> AlertKind.REPOSITORY_TAMPERED;
                    case PAGE_CHECKSUM -> AlertKind.PAGE_CHECKSUM;
                    default -> AlertKind.REPOSITORY_DAMAGED;
                };
        String what =
                switch (kind) {
                    case REPOSITORY_TAMPERED -> "Somebody tampers with the repository of ";
                    case PAGE_CHECKSUM -> "Damaged pages in ";
                    default -> "Something is wrong in the repository of ";
                };
        Map<String, String> details = details(finding.problem());
        put(details, "object", finding.object());
        put(
                details,
                "affectedBackups",
                finding.affectedBackups().stream().map(Object::toString).collect(Collectors.joining(", ")));
        return new Signal.Raised(
                kind == AlertKind.REPOSITORY_TAMPERED
                        ? AlertSubject.of(kind, finding.database(), code)
                        : AlertSubject.of(kind, finding.database()),
                finding.stateVersion(),
                finding.eventId(),
                finding.occurredAt(),
                finding.severity(),
                printable(what + finding.database() + ": " + finding.problem().message(), MAX_SUMMARY),
                details);
    }

    /// It could be read; and where everything was found right, nothing is damaged or tampered with any more.
    private static List<Signal> verificationCompleted(VerificationCompleted completed) {
        List<Signal> signals = new ArrayList<>();
        signals.add(cleared(AlertKind.VERIFICATION_FAILED, completed));
        if (completed.allReadSince() != null) {
            signals.add(cleared(AlertKind.REPOSITORY_DAMAGED, completed));
            for (FailureCode code : TAMPERED) {
                signals.add(
                        cleared(AlertSubject.of(AlertKind.REPOSITORY_TAMPERED, completed.database(), code), completed));
            }
        }
        return signals;
    }

    /// One that found something has told so itself, finding by finding.
    private static List<Signal> verificationFailed(VerificationFailed failed) {
        if (!failed.finalAttempt()) {
            return List.of();
        }
        if (Verifications.isFinding(failed.problem().code())) {
            return List.of(cleared(AlertKind.VERIFICATION_FAILED, failed));
        }
        Map<String, String> details = details(failed.problem());
        put(details, "operationId", failed.operationId());
        put(details, "backupId", failed.backupId());
        return List.of(raised(
                AlertSubject.of(AlertKind.VERIFICATION_FAILED, failed.database()),
                failed,
                Severity.ERROR,
                "The repository of " + failed.database() + " could not be verified",
                failed.problem(),
                details));
    }

    /// Whatever is late says so again and again until nothing is.
    private static Signal copies(CopiesChecked checked) {
        if (checked.overdue().isEmpty()) {
            return cleared(AlertKind.COPY_OVERDUE, checked);
        }
        String what = "Backups of " + checked.database() + " are in one place only: "
                + checked.overdue().size() + ", the oldest completed at " + checked.since();
        Map<String, String> details = new LinkedHashMap<>();
        put(details, "error", what);
        put(details, "hint", "See walkback_copy_lag_seconds and the log of the backup-workers that copy.");
        put(
                details,
                "overdueBackups",
                checked.overdue().stream().map(Object::toString).collect(Collectors.joining(", ")));
        return raised(
                AlertSubject.of(AlertKind.COPY_OVERDUE, checked.database()), checked, Severity.ERROR, what, details);
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
        return raised(subject, event, severity, what + ": " + problem.message(), details);
    }

    /// @param what one line for people
    static Signal raised(
            AlertSubject subject, Event event, Severity severity, String what, Map<String, String> details) {
        return new Signal.Raised(
                subject,
                event.stateVersion(),
                event.eventId(),
                event.occurredAt(),
                severity,
                printable(what, MAX_SUMMARY),
                details);
    }

    static Signal cleared(AlertKind kind, Event event) {
        return cleared(AlertSubject.of(kind, event.database()), event);
    }

    static Signal cleared(AlertSubject subject, Event event) {
        return new Signal.Cleared(subject, event.stateVersion(), event.eventId(), event.occurredAt());
    }

    /// Rows that were dumped do not show that pages can be copied, nor the other way round.
    private static AlertSubject backup(Event event, BackupType type) {
        return new AlertSubject(
                AlertKind.BACKUP_FAILED, event.database(), type == BackupType.LOGICAL ? "logical" : null);
    }

    static Map<String, String> details(Problem problem, int attempt, boolean finalAttempt) {
        Map<String, String> details = details(problem);
        put(details, "attempt", attempt);
        put(details, "finalAttempt", finalAttempt);
        return details;
    }

    static Map<String, String> details(Problem problem) {
        Map<String, String> details = new LinkedHashMap<>();
        put(details, "failureCode", problem.code());
        put(details, "error", problem.message());
        put(details, "hint", problem.hint());
        put(details, "failureRunbook", FailureRunbook.of(problem.code()).page());
        return details;
    }

    static void put(Map<String, String> details, String name, @Nullable Object value) {
        if (value != null && !value.toString().isBlank()) {
            details.put(name, printable(value.toString(), MAX_DETAIL));
        }
    }

    static String printable(String text, int limit) {
        return Text.printable(text.strip().replaceAll("\\s+", " "), limit);
    }
}
