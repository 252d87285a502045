package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One operation as the log up to `stateVersion` has it.
///
/// @param command null only for an operation that was rejected before it was understood
/// @param attempts how many claims were won
/// @param attemptsLeft how many more may be; WAL reception never runs out
/// @param expiring backups that an expiry has marked and whose manifests may still be there; a mark is never taken
/// back
/// @param expired backups that it has marked and whose manifests are gone
/// @param expiredAt when the last of these was said to be gone; null before the first
/// @param stateVersion offset in the operation log of the last record that changed this operation
public record Operation(
        OperationId id,
        DatabaseId database,
        OperationKind kind,
        @Nullable Command command,
        Map<String, String> labels,
        int attempts,
        int attemptsLeft,
        String requestedBy,
        Instant openedAt,
        @Nullable Instant notAfter,
        OperationState state,
        boolean cancelRequested,
        boolean paused,
        Set<BackupId> expiring,
        Set<BackupId> expired,
        @Nullable Instant expiredAt,
        long stateVersion) {
    public Operation {
        labels = Map.copyOf(labels);
        expiring = Set.copyOf(expiring);
        expired = Set.copyOf(expired);
    }

    static Operation open(OperationRecord.Opened opened, long offset) {
        return new Operation(
                opened.operation(),
                opened.database(),
                opened.command().kind(),
                opened.command(),
                opened.labels(),
                0,
                opened.maxAttempts(),
                opened.requestedBy(),
                opened.at(),
                opened.notAfter(),
                new OperationState.Open(null),
                false,
                false,
                Set.of(),
                Set.of(),
                null,
                offset);
    }

    static Operation reject(OperationRecord.Rejected rejected, long offset) {
        return new Operation(
                rejected.operation(),
                rejected.database(),
                rejected.kind(),
                null,
                Map.of(),
                0,
                0,
                rejected.requestedBy(),
                rejected.at(),
                null,
                new OperationState.Rejected(rejected.problem(), rejected.at()),
                false,
                false,
                Set.of(),
                Set.of(),
                null,
                offset);
    }

    /// A backup that nobody remembers having asked for. Its times are those that its manifest knows. Empty when the
    /// operation is not named like the backup.
    static Optional<Operation> found(OperationRecord.Found found, Epoch place) {
        return switch (found.facts()) {
            case Facts.BackedUp facts ->
                found(
                        found,
                        new Command.TakeBackup(facts.backup()),
                        facts.startedAt(),
                        found.complete()
                                ? new OperationState.Completed(facts, facts.copiedAt())
                                : new OperationState.AwaitingWal(place, facts, facts.copiedAt()),
                        place);
            case Facts.Dumped facts ->
                found(
                        found,
                        new Command.TakeDump(facts.backup(), List.of()),
                        facts.startedAt(),
                        new OperationState.Completed(facts, facts.copiedAt()),
                        place);
            case Facts.Restored _, Facts.Planned _, Facts.Verified _, Facts.Rehearsed _, Facts.Expired _ ->
                Optional.empty();
        };
    }

    private static Optional<Operation> found(
            OperationRecord.Found found, Command command, Instant openedAt, OperationState state, Epoch place) {
        if (found.backup()
                .filter(backup -> backup.value().equals(found.operation().value()))
                .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Operation(
                found.operation(),
                found.database(),
                OperationKind.BACKUP,
                command,
                Map.of(),
                1,
                0,
                found.requestedBy(),
                openedAt,
                null,
                state,
                false,
                false,
                Set.of(),
                Set.of(),
                null,
                place.offset()));
    }

    /// The attempt that holds this operation now.
    public Optional<OperationState.Claimed> holder() {
        return state instanceof OperationState.Claimed claimed ? Optional.of(claimed) : Optional.empty();
    }

    /// When it came to its end; empty while it has none. Never before it was opened, whatever the clock said that
    /// the end was written by.
    public Optional<Instant> overSince() {
        Instant end =
                switch (state) {
                    case OperationState.Open _, OperationState.Claimed _, OperationState.AwaitingWal _ -> null;
                    case OperationState.Completed completed -> completed.at();
                    case OperationState.Failed failed -> failed.at();
                    case OperationState.Cancelled cancelled -> cancelled.at();
                    case OperationState.Rejected rejected -> rejected.at();
                };
        return Optional.ofNullable(end).map(at -> at.isBefore(openedAt) ? openedAt : at);
    }

    /// Since when nothing about it matters to anybody: it is over, and what it marked is gone. Empty before that.
    Optional<Instant> settledSince() {
        return expiring.isEmpty()
                ? overSince().map(over -> expiredAt != null && expiredAt.isAfter(over) ? expiredAt : over)
                : Optional.empty();
    }

    /// Whether it has marked `backup`, gone or not.
    public boolean marks(BackupId backup) {
        return expiring.contains(backup) || expired.contains(backup);
    }

    /// Whether it is a hold on `backup` that stands.
    public boolean holds(BackupId backup) {
        return command instanceof Command.Hold hold && hold.backup().equals(backup) && !state.isTerminal();
    }

    /// Whether a claim for the next attempt would be heard, resources and pins aside.
    public boolean isClaimable() {
        return state instanceof OperationState.Open && !paused && !cancelRequested && kind != OperationKind.HOLD;
    }

    /// What this operation becomes by `record`, empty when the record is void. Conflicts with other operations are
    /// judged by [OperationFold], which knows them; here is only what one operation knows of itself.
    Optional<Operation> apply(OperationRecord record, Epoch place) {
        return switch (record) {
            case OperationRecord.Opened _, OperationRecord.Rejected _ -> Optional.empty();
            case OperationRecord.Skipped skipped
            when state instanceof OperationState.Open && attempts == 0 ->
                to(new OperationState.Rejected(skipped.problem(), skipped.at()), place);
            case OperationRecord.Claimed claim
            when isClaimable() && claim.attempt() == attempts + 1 -> Optional.of(claimed(claim, place));
            case OperationRecord.Renewed renewed when holds(renewed.epoch()) -> to(state, place);
            case OperationRecord.Copied copied
            when holds(copied.epoch()) && command instanceof Command.TakeBackup ->
                to(new OperationState.AwaitingWal(copied.epoch(), copied.facts(), copied.at()), place);
            case OperationRecord.Completed completed
            when mayComplete(completed) -> to(new OperationState.Completed(completed.facts(), completed.at()), place);
            case OperationRecord.AttemptFailed failed
            when holds(failed.epoch()) -> to(afterFailure(failed.problem(), failed.retryable(), failed.at()), place);
            // Its manifest is committed under the backup's name for good, so another attempt would only adopt it.
            case OperationRecord.AttemptFailed failed
            when awaitsWal(failed.epoch()) && !failed.retryable() ->
                to(new OperationState.Failed(failed.problem(), failed.at()), place);
            case OperationRecord.AttemptLost lost
            when holds(lost.epoch()) -> to(afterFailure(lostProblem(lost), true, lost.at()), place);
            case OperationRecord.HandedBack back when holds(back.epoch()) -> Optional.of(handedBack(back, place));
            case OperationRecord.CancelRequested cancel
            when !state.isTerminal() && !cancelRequested -> Optional.of(cancelRequested(cancel, place));
            case OperationRecord.Cancelled cancelled
            when cancelRequested && holds(cancelled.epoch()) -> to(new OperationState.Cancelled(cancelled.at()), place);
            case OperationRecord.Paused _
            when !state.isTerminal() && !paused ->
                Optional.of(with(state, attempts, attemptsLeft, cancelRequested, true, expiring, place));
            case OperationRecord.Released _
            when !state.isTerminal() && paused ->
                Optional.of(with(state, attempts, attemptsLeft, cancelRequested, false, expiring, place));
            case OperationRecord.Expiring mark
            when kind == OperationKind.EXPIRY && holds(mark.epoch()) && !expiring.contains(mark.backup()) ->
                Optional.of(with(
                        state, attempts, attemptsLeft, cancelRequested, paused, plus(expiring, mark.backup()), place));
            case OperationRecord.Expired gone
            when expiring.contains(gone.backup()) -> Optional.of(expired(gone, place));
            // Nothing new, but whoever projects looks whether the catalog still has it.
            case OperationRecord.Found _
            when kind == OperationKind.BACKUP && (state.isTerminal() || state instanceof OperationState.AwaitingWal) ->
                to(state, place);
            // Duplicates, zombies and late arrivals are normal under at-least-once delivery and change nothing.
            case OperationRecord.Skipped _,
                    OperationRecord.Claimed _,
                    OperationRecord.Renewed _,
                    OperationRecord.Copied _,
                    OperationRecord.Completed _,
                    OperationRecord.AttemptFailed _,
                    OperationRecord.AttemptLost _,
                    OperationRecord.HandedBack _,
                    OperationRecord.CancelRequested _,
                    OperationRecord.Cancelled _,
                    OperationRecord.Paused _,
                    OperationRecord.Released _,
                    OperationRecord.Expiring _,
                    OperationRecord.Expired _,
                    OperationRecord.Found _ -> Optional.empty();
        };
    }

    private boolean holds(Epoch epoch) {
        return state instanceof OperationState.Claimed claimed
                && claimed.epoch().equals(epoch);
    }

    private boolean awaitsWal(Epoch epoch) {
        return state instanceof OperationState.AwaitingWal waiting
                && waiting.epoch().equals(epoch);
    }

    private boolean mayComplete(OperationRecord.Completed completed) {
        return switch (state) {
            case OperationState.Claimed claimed ->
                claimed.epoch().equals(completed.epoch()) && needsNoWal(completed.facts());
            case OperationState.AwaitingWal waiting ->
                waiting.epoch().equals(completed.epoch()) && waiting.facts().equals(completed.facts());
            case OperationState.Open _,
                    OperationState.Completed _,
                    OperationState.Failed _,
                    OperationState.Cancelled _,
                    OperationState.Rejected _ -> false;
        };
    }

    /// A physical backup is never completed straight from its copy: P1 wants its WAL to be seen first.
    private boolean needsNoWal(Facts facts) {
        return kind != OperationKind.BACKUP || (command instanceof Command.TakeDump && facts instanceof Facts.Dumped);
    }

    private Operation claimed(OperationRecord.Claimed claim, Epoch place) {
        OperationState held =
                new OperationState.Claimed(place, claim.worker(), claim.resources(), claim.pins(), claim.at());
        int left = kind.isEndless() ? attemptsLeft : attemptsLeft - 1;
        return with(held, attempts + 1, left, cancelRequested, paused, expiring, place);
    }

    private Operation handedBack(OperationRecord.HandedBack back, Epoch place) {
        OperationState next = cancelRequested ? new OperationState.Cancelled(back.at()) : new OperationState.Open(null);
        int left = kind.isEndless() ? attemptsLeft : attemptsLeft + 1;
        return with(next, attempts, left, cancelRequested, paused, expiring, place);
    }

    private Operation cancelRequested(OperationRecord.CancelRequested cancel, Epoch place) {
        // A holder ends its attempt itself, so that what it began is put away before anybody calls it cancelled.
        OperationState next =
                state instanceof OperationState.Claimed ? state : new OperationState.Cancelled(cancel.at());
        return with(next, attempts, attemptsLeft, true, paused, expiring, place);
    }

    private Operation expired(OperationRecord.Expired gone, Epoch place) {
        Set<BackupId> left = new HashSet<>(expiring);
        left.remove(gone.backup());
        return new Operation(
                id,
                database,
                kind,
                command,
                labels,
                attempts,
                attemptsLeft,
                requestedBy,
                openedAt,
                notAfter,
                state,
                cancelRequested,
                paused,
                left,
                plus(expired, gone.backup()),
                expiredAt != null && expiredAt.isAfter(gone.at()) ? expiredAt : gone.at(),
                place.offset());
    }

    private OperationState afterFailure(Problem problem, boolean retryable, Instant at) {
        if (cancelRequested) {
            return new OperationState.Cancelled(at);
        }
        if (kind.isEndless() || (retryable && attemptsLeft > 0)) {
            return new OperationState.Open(problem);
        }
        return new OperationState.Failed(problem, at);
    }

    private Problem lostProblem(OperationRecord.AttemptLost lost) {
        String worker = holder().map(held -> held.worker().toString()).orElse("nobody");
        return new Problem(
                FailureCode.LEASE_LOST,
                "worker " + worker + " sent no heartbeat for a whole lease during attempt " + attempts + " of " + kind
                        + " " + id + ", seen by " + lost.judge(),
                "Look at that worker's host and log: it died, hung, or lost its way to Kafka.");
    }

    private Optional<Operation> to(OperationState next, Epoch place) {
        return Optional.of(with(next, attempts, attemptsLeft, cancelRequested, paused, expiring, place));
    }

    private Operation with(
            OperationState next,
            int attemptsMade,
            int left,
            boolean cancel,
            boolean pause,
            Set<BackupId> marks,
            Epoch place) {
        return new Operation(
                id,
                database,
                kind,
                command,
                labels,
                attemptsMade,
                left,
                requestedBy,
                openedAt,
                notAfter,
                next,
                cancel,
                pause,
                marks,
                expired,
                expiredAt,
                place.offset());
    }

    private static Set<BackupId> plus(Set<BackupId> marks, BackupId backup) {
        Set<BackupId> more = new HashSet<>(marks);
        more.add(backup);
        return more;
    }
}
