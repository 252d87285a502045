package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where an operation is.
public sealed interface OperationState {
    /// Waits for a claim.
    ///
    /// @param last why the attempt before this one ended, null when there was none
    record Open(@Nullable Problem last) implements OperationState {}

    /// One worker holds it.
    record Claimed(Epoch epoch, WorkerId worker, Set<Resource> resources, Set<BackupId> pins, Instant since)
            implements OperationState {
        public Claimed {
            resources = Set.copyOf(resources);
            pins = Set.copyOf(pins);
        }
    }

    /// A backup whose manifest is committed and whose WAL is not all there yet (P1). Holds no resource and no
    /// worker.
    record AwaitingWal(Epoch epoch, Facts.BackedUp facts, Instant since) implements OperationState {}

    /// Done.
    record Completed(Facts facts, Instant at) implements OperationState {}

    /// Ended with a fault after the last attempt, or with WAL that is missing for good.
    record Failed(Problem problem, Instant at) implements OperationState {}

    /// Ended by a person.
    record Cancelled(Instant at) implements OperationState {}

    /// Never begun: invalid, stale, or without the approval that it needs.
    record Rejected(Problem problem, Instant at) implements OperationState {}

    default boolean isTerminal() {
        return switch (this) {
            case Open _, Claimed _, AwaitingWal _ -> false;
            case Completed _, Failed _, Cancelled _, Rejected _ -> true;
        };
    }
}
