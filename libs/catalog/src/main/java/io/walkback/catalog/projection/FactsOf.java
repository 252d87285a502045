package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupCopied;
import io.walkback.domain.event.BackupExpired;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupStarted;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.RestoreCompleted;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.event.RestoreStarted;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.event.VerificationFailed;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Verifications;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The events that a change of the fold is.
final class FactsOf {
    private FactsOf() {}

    /// @param fold that made the change
    static List<Event> change(Change change, OperationFold fold) {
        return switch (change.record()) {
            case OperationRecord.Claimed claim ->
                started(change, claim).stream().toList();
            case OperationRecord.Copied copied ->
                List.of(new BackupCopied(
                        Headers.of(change, "BackupCopied"), backup(change), Copy.extent(copied.facts())));
            case OperationRecord.Completed completed ->
                completed(change, completed.facts(), fold).stream().toList();
            case OperationRecord.AttemptFailed failed ->
                ended(change, change.after().attempts());
            case OperationRecord.AttemptLost lost ->
                ended(change, change.after().attempts());
            case OperationRecord.Expired gone ->
                List.of(new BackupExpired(
                        Headers.of(change, "BackupExpired/" + gone.backup()),
                        gone.backup(),
                        gone.operation(),
                        gone.reason()));
            case OperationRecord.Rejected _, OperationRecord.Skipped _ -> ended(change, 0);
            // Steps that change an operation and are no event: whoever cares reads `operations`. A cancel is the will
            // of a person and no failure, and a backup that was found was completed long ago.
            case OperationRecord.Opened _,
                    OperationRecord.Renewed _,
                    OperationRecord.HandedBack _,
                    OperationRecord.CancelRequested _,
                    OperationRecord.Cancelled _,
                    OperationRecord.Paused _,
                    OperationRecord.Released _,
                    OperationRecord.Expiring _,
                    OperationRecord.Found _ -> List.of();
        };
    }

    private static Optional<Event> started(Change change, OperationRecord.Claimed claim) {
        Operation operation = change.after();
        return switch (operation.command()) {
            case Command.TakeBackup take -> Optional.of(started(change, take.backup(), claim));
            case Command.TakeDump take -> Optional.of(started(change, take.backup(), claim));
            // Whoever only asks for a plan restores nothing, and a plan that is refused is no failed restore.
            case Command.Restore restore when restore.validateOnly() -> Optional.empty();
            case Command.Restore restore ->
                Optional.of(new RestoreStarted(
                        Headers.of(change, "RestoreStarted"),
                        operation.id(),
                        chosen(restore, claim),
                        operation.attempts(),
                        change.place(),
                        claim.worker(),
                        restore.host(),
                        restore.directory()));
            case Command.Rehearse _ -> DrillFacts.started(change, claim);
            case Command.Verify _, Command.Expire _, Command.ReceiveWal _, Command.AccompanyWal _, Command.Hold _ ->
                Optional.empty();
            case null -> Optional.empty();
        };
    }

    private static BackupStarted started(Change change, BackupId backup, OperationRecord.Claimed claim) {
        return new BackupStarted(
                Headers.of(change, "BackupStarted"),
                backup,
                change.after().attempts(),
                change.place(),
                claim.worker(),
                null);
    }

    private static BackupCompleted completed(Change change, BackupType type, Copy copied) {
        Instant at = change.record().at();
        return new BackupCompleted(
                Headers.of(change, "BackupCompleted"),
                backup(change),
                type,
                copied.extent(),
                copied.startedAt(),
                at,
                Duration.between(copied.startedAt(), at).toMillis(),
                null);
    }

    private static Optional<Event> completed(Change change, Facts facts, OperationFold fold) {
        return switch (facts) {
            case Facts.BackedUp _ ->
                Optional.ofNullable(Copy.of(facts)).map(copied -> completed(change, BackupType.PHYSICAL, copied));
            case Facts.Dumped _ ->
                Optional.ofNullable(Copy.of(facts)).map(copied -> completed(change, BackupType.LOGICAL, copied));
            case Facts.Restored restored ->
                Optional.of(new RestoreCompleted(
                        Headers.of(change, "RestoreCompleted"),
                        change.after().id(),
                        restored.backup(),
                        restored.reached(),
                        restored.reachedTime(),
                        restored.timeline(),
                        restored.phaseSeconds(),
                        restored.bytes(),
                        restored.host(),
                        restored.directory(),
                        null,
                        restored.socket(),
                        restored.keptBytes()));
            case Facts.Verified verified
            when change.after().command() instanceof Command.Verify verify ->
                Optional.of(verification(change, verify, verified, fold));
            // Work that reports what it read without having been a verification, such as WAL reception, is no event.
            case Facts.Verified _ -> Optional.empty();
            case Facts.Rehearsed rehearsed -> DrillFacts.completed(change, rehearsed);
            case Facts.Planned _ -> Optional.empty();
            // Each backup that went has an event of its own.
            case Facts.Expired _ -> Optional.empty();
        };
    }

    private static Event verification(
            Change change, Command.Verify verify, Facts.Verified verified, OperationFold fold) {
        if (verified.findings() == 0) {
            return new VerificationCompleted(
                    Headers.of(change, "VerificationCompleted"),
                    change.after().id(),
                    verify.backup(),
                    verified.objects(),
                    verified.bytes(),
                    sinceClaim(change).toMillis(),
                    allReadSince(change, verify, fold));
        }
        String first = verified.firstFinding() == null ? "no description" : verified.firstFinding();
        return new VerificationFailed(
                Headers.of(change, "VerificationFailed"),
                change.after().id(),
                verify.backup(),
                new Problem(
                        FailureCode.OBJECT_CORRUPT,
                        verified.findings() + " of " + verified.objects() + " objects are damaged or missing, first: "
                                + first,
                        "Do not expire other backups before a newer one is verified."),
                verified.findings(),
                verified.firstFinding() == null ? List.of() : List.of(verified.firstFinding()),
                true);
    }

    private static @Nullable Instant allReadSince(Change change, Command.Verify verify, OperationFold fold) {
        return verify.backup() != null
                ? null
                : Verifications.allRead(
                                fold.of(change.after().database()),
                                verify.rotation() == null
                                        ? 1
                                        : verify.rotation().of())
                        .map(Verifications.AllRead::since)
                        .orElse(null);
    }

    /// An attempt that failed, or a request that never had one.
    private static List<Event> ended(Change change, int attempt) {
        Operation operation = change.after();
        Problem problem =
                switch (operation.state()) {
                    case OperationState.Open open -> open.last();
                    case OperationState.Failed failed -> failed.problem();
                    case OperationState.Rejected rejected -> rejected.problem();
                    case OperationState.Claimed _,
                            OperationState.AwaitingWal _,
                            OperationState.Completed _,
                            OperationState.Cancelled _ -> null;
                };
        if (problem == null) {
            return List.of();
        }
        boolean last = operation.state().isTerminal();
        return switch (operation.kind()) {
            case BACKUP ->
                List.of(new BackupFailed(
                        Headers.of(change, "BackupFailed"),
                        backup(change),
                        CatalogEntries.type(operation),
                        problem,
                        attempt,
                        last));
            case RESTORE ->
                restoreFailed(change, problem, attempt, last).stream().toList();
            case VERIFICATION ->
                List.of(new VerificationFailed(
                        Headers.of(change, "VerificationFailed"),
                        operation.id(),
                        operation.command() instanceof Command.Verify verify ? verify.backup() : null,
                        problem,
                        0,
                        List.of(),
                        last));
            case DRILL -> List.of(DrillFacts.failed(change, problem, attempt, last));
            case EXPIRY, WAL_RECEPTION, WAL_COMPANION, HOLD -> List.of();
        };
    }

    private static Optional<Event> restoreFailed(Change change, Problem problem, int attempt, boolean last) {
        Command.Restore restore = change.after().command() instanceof Command.Restore r ? r : null;
        if (restore != null && restore.validateOnly()) {
            return Optional.empty();
        }
        return Optional.of(new RestoreFailed(
                Headers.of(change, "RestoreFailed"),
                change.after().id(),
                restore == null ? null : restore.backup(),
                problem,
                attempt,
                last,
                null,
                restore == null ? null : restore.host(),
                restore == null ? null : restore.directory()));
    }

    /// The backup that the request named, or the one that the worker's plan chose and pinned.
    private static @Nullable BackupId chosen(Command.Restore restore, OperationRecord.Claimed claim) {
        if (restore.backup() != null) {
            return restore.backup();
        }
        return claim.pins().size() == 1 ? claim.pins().iterator().next() : null;
    }

    private static Duration sinceClaim(Change change) {
        return Optional.ofNullable(change.before())
                .flatMap(Operation::holder)
                .map(held -> Duration.between(held.since(), change.record().at()))
                .orElse(Duration.ZERO);
    }

    private static BackupId backup(Change change) {
        return new BackupId(change.after().id().value());
    }
}
