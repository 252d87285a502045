package io.walkback.catalog.projection;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.FailureState;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold.Change;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.OperationState;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Catalog entries of backups.
final class CatalogEntries {
    private CatalogEntries() {}

    /// The backup as `change` leaves it.
    ///
    /// @param copies in how many places it is
    static BackupCatalogEntry of(Change change, int copies) {
        Operation now = change.after();
        Copy copied = copied(change);
        return entry(
                Headers.of(change, "BackupCatalogEntry/" + now.id()),
                now,
                copied,
                copied == null ? claimedAt(change) : copied.startedAt(),
                failure(now.state(), failedAt(change)),
                null,
                null,
                copies);
    }

    /// Now, unless it is told again.
    private static Instant failedAt(Change change) {
        return change.record() instanceof OperationRecord.Found found
                ? change.after().overSince().orElse(found.at())
                : change.record().at();
    }

    /// A completed backup that was read back whole.
    ///
    /// @param proof what rehearsals have said of it
    /// @param at when
    /// @param copies in how many places it is
    static BackupCatalogEntry verified(
            Operation backup, Change verification, @Nullable ProofState proof, @Nullable Instant at, int copies) {
        Copy copied = copied(backup.state());
        return entry(
                Headers.of(verification, "BackupCatalogEntry/" + backup.id()),
                backup,
                copied,
                copied == null ? null : copied.startedAt(),
                null,
                proof,
                at,
                copies);
    }

    /// The same for a backup whose operation is forgotten.
    static BackupCatalogEntry verified(
            BackupCatalogEntry known, Change verification, @Nullable ProofState proof, Instant at) {
        return again(known, verification, known.status(), proof, at, known.copies());
    }

    /// A completed backup that was rehearsed.
    static BackupCatalogEntry rehearsed(BackupCatalogEntry known, Change rehearsal, @Nullable ProofState proof) {
        return again(known, rehearsal, known.status(), proof, known.verifiedAt(), known.copies());
    }

    /// A backup that was found in more places.
    static BackupCatalogEntry copied(BackupCatalogEntry known, Change change, int copies) {
        return again(known, change, known.status(), known.proof(), known.verifiedAt(), copies);
    }

    /// A backup that an expiry has marked or removed.
    ///
    /// @param known what the catalog has of it
    static BackupCatalogEntry expiring(BackupCatalogEntry known, BackupStatus status, Change change) {
        return again(known, change, status, known.proof(), known.verifiedAt(), known.copies());
    }

    private static BackupCatalogEntry again(
            BackupCatalogEntry known,
            Change change,
            BackupStatus status,
            @Nullable ProofState proof,
            @Nullable Instant verifiedAt,
            int copies) {
        return new BackupCatalogEntry(
                Headers.of(change, "BackupCatalogEntry/" + known.backupId()),
                known.backupId(),
                known.type(),
                status,
                known.requestedBy(),
                known.requestedAt(),
                known.labels(),
                known.attempts(),
                known.extent(),
                known.startedAt(),
                known.completedAt(),
                known.reusedBytes(),
                known.failure(),
                proof,
                verifiedAt,
                copies);
    }

    private static BackupCatalogEntry entry(
            EventHeader header,
            Operation operation,
            @Nullable Copy copied,
            @Nullable Instant startedAt,
            @Nullable FailureState failure,
            @Nullable ProofState proof,
            @Nullable Instant verifiedAt,
            int copies) {
        return new BackupCatalogEntry(
                header,
                new BackupId(operation.id().value()),
                type(operation),
                status(operation.state()),
                operation.requestedBy(),
                operation.openedAt(),
                operation.labels(),
                operation.attempts(),
                copied == null ? null : copied.extent(),
                startedAt,
                operation.state() instanceof OperationState.Completed done ? done.at() : null,
                null,
                failure,
                proof,
                verifiedAt,
                copies);
    }

    /// Whether an operation makes a backup, of pages or of rows.
    static boolean isBackup(Operation operation) {
        return type(operation) != BackupType.UNKNOWN;
    }

    /// What an operation of kind `BACKUP` copies; `UNKNOWN` where it was rejected before it was understood.
    static BackupType type(Operation operation) {
        return switch (operation.command()) {
            case Command.TakeBackup _ -> BackupType.PHYSICAL;
            case Command.TakeDump _ -> BackupType.LOGICAL;
            case Command.Restore _,
                    Command.Verify _,
                    Command.Rehearse _,
                    Command.Expire _,
                    Command.Hold _,
                    Command.ReceiveWal _,
                    Command.AccompanyWal _ -> BackupType.UNKNOWN;
            case null -> BackupType.UNKNOWN;
        };
    }

    private static BackupStatus status(OperationState state) {
        return switch (state) {
            case OperationState.Open _ -> BackupStatus.REQUESTED;
            case OperationState.Claimed _ -> BackupStatus.RUNNING;
            case OperationState.AwaitingWal _ -> BackupStatus.AWAITING_WAL;
            case OperationState.Completed _ -> BackupStatus.COMPLETED;
            case OperationState.Failed _, OperationState.Cancelled _, OperationState.Rejected _ -> BackupStatus.FAILED;
        };
    }

    private static @Nullable FailureState failure(OperationState state, Instant at) {
        Problem problem =
                switch (state) {
                    case OperationState.Open open -> open.last();
                    case OperationState.Failed failed -> failed.problem();
                    case OperationState.Rejected rejected -> rejected.problem();
                    case OperationState.Cancelled _ ->
                        new Problem(
                                FailureCode.CANCELLED,
                                "cancelled before it was complete",
                                "Ask for another backup when one is wanted.");
                    case OperationState.Claimed _, OperationState.AwaitingWal _, OperationState.Completed _ -> null;
                };
        return problem == null ? null : new FailureState(problem, at);
    }

    /// What was copied, also when the operation has been cancelled after it: the manifest is in the repository.
    private static @Nullable Copy copied(Change change) {
        Copy now = copied(change.after().state());
        return now != null || change.before() == null
                ? now
                : copied(change.before().state());
    }

    private static @Nullable Copy copied(OperationState state) {
        return switch (state) {
            case OperationState.AwaitingWal waiting -> Copy.of(waiting.facts());
            case OperationState.Completed done -> Copy.of(done.facts());
            case OperationState.Open _,
                    OperationState.Claimed _,
                    OperationState.Failed _,
                    OperationState.Cancelled _,
                    OperationState.Rejected _ -> null;
        };
    }

    private static @Nullable Instant claimedAt(Change change) {
        return change.after()
                .holder()
                .or(() -> change.before() == null
                        ? Optional.empty()
                        : change.before().holder())
                .map(OperationState.Claimed::since)
                .orElse(null);
    }
}
