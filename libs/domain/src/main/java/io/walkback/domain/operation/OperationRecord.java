package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One record of the operation log. Keyed by database, so that all work on one database is in one order.
///
/// `at` is the writer's clock, kept for people and for telling when an id is free again ([OperationFold#KEPT]); no
/// decision compares it with now.
public sealed interface OperationRecord {
    DatabaseId database();

    OperationId operation();

    Instant at();

    /// A valid request became an operation.
    ///
    /// @param command what to do
    /// @param labels labels that a worker must have, by name
    /// @param maxAttempts how often it may be claimed, at least 1; WAL reception ignores it
    /// @param requestedBy who asked, as shown to people
    /// @param notAfter when nobody claimed it by then, it is skipped as stale; null: never
    record Opened(
            DatabaseId database,
            OperationId operation,
            Command command,
            Map<String, String> labels,
            int maxAttempts,
            String requestedBy,
            @Nullable Instant notAfter,
            Instant at)
            implements OperationRecord {
        public Opened {
            labels = Map.copyOf(labels);
            if (maxAttempts < 1) {
                throw new IllegalArgumentException("an operation has at least one attempt, not " + maxAttempts);
            }
        }
    }

    /// A request that cannot be done as asked. Its id is taken all the same: one request id, one terminal state.
    record Rejected(
            DatabaseId database,
            OperationId operation,
            OperationKind kind,
            String requestedBy,
            Problem problem,
            Instant at)
            implements OperationRecord {}

    /// An open operation that waited past its `notAfter`.
    record Skipped(DatabaseId database, OperationId operation, Problem problem, Instant at)
            implements OperationRecord {}

    /// A worker bids for the next attempt. Where this record stands in the log becomes the attempt's [Epoch] if it
    /// wins.
    record Claimed(
            DatabaseId database,
            OperationId operation,
            int attempt,
            WorkerId worker,
            Set<Resource> resources,
            Set<BackupId> pins,
            Instant at)
            implements OperationRecord {
        public Claimed {
            resources = Set.copyOf(resources);
            pins = Set.copyOf(pins);
        }
    }

    /// The holder is still there, said once a day so that the claim never falls out of a log that is kept by time.
    record Renewed(DatabaseId database, OperationId operation, Epoch epoch, Instant at) implements OperationRecord {}

    /// The manifest of a backup is committed; its WAL may still be on the way. Ends the worker's part.
    record Copied(DatabaseId database, OperationId operation, Epoch epoch, Facts.BackedUp facts, Instant at)
            implements OperationRecord {}

    /// The work is done. For a copied backup anybody who has seen all its WAL in the repository may say so.
    record Completed(DatabaseId database, OperationId operation, Epoch epoch, Facts facts, Instant at)
            implements OperationRecord {}

    /// The attempt ended with a fault. For a copied backup anybody who has seen that its WAL can never be complete
    /// may say so, not retryable.
    ///
    /// @param retryable whether another attempt can succeed without anybody acting
    record AttemptFailed(
            DatabaseId database, OperationId operation, Epoch epoch, Problem problem, boolean retryable, Instant at)
            implements OperationRecord {}

    /// Somebody saw no heartbeat of this attempt for a whole lease.
    record AttemptLost(DatabaseId database, OperationId operation, Epoch epoch, WorkerId judge, Instant at)
            implements OperationRecord {}

    /// The holder gives the operation back unharmed, because it shuts down or the operation was paused. Not
    /// counted as an attempt.
    record HandedBack(DatabaseId database, OperationId operation, Epoch epoch, Instant at) implements OperationRecord {}

    /// A person wants it ended.
    record CancelRequested(DatabaseId database, OperationId operation, String by, Instant at)
            implements OperationRecord {}

    /// The holder ended the attempt because of a cancel.
    record Cancelled(DatabaseId database, OperationId operation, Epoch epoch, Instant at) implements OperationRecord {}

    /// No claims until it is released; a holder hands back what it can.
    record Paused(DatabaseId database, OperationId operation, String by, Instant at) implements OperationRecord {}

    /// Claims are welcome again.
    record Released(DatabaseId database, OperationId operation, String by, Instant at) implements OperationRecord {}

    /// An expiry is about to delete `backup`. Void while a live claim pins it, a hold stands on it, or its own
    /// operation is not over.
    record Expiring(DatabaseId database, OperationId operation, Epoch epoch, BackupId backup, Instant at)
            implements OperationRecord {}

    /// The manifest of a backup that `operation` has marked is gone. Whoever saw that may say so, also a later
    /// expiry that found the mark of a killed one: it needs no epoch, since what is gone stays gone.
    ///
    /// @param reason the rule that let it go
    record Expired(DatabaseId database, OperationId operation, BackupId backup, String reason, Instant at)
            implements OperationRecord {}

    /// A backup whose manifest is committed was found in the repository, by whoever rebuilds a catalog (P4), or in
    /// the second place too, by whoever copies. Makes the backup known where the log does not know it; of one that
    /// it knows it says no more than in how many places it is, and of one that an expiry has marked nothing at all.
    ///
    /// @param facts of a physical or a logical backup
    /// @param complete all its WAL from start to stop was there, too; otherwise it awaits it
    /// @param copies in how many places it was found whole, with the WAL that it needs
    /// @param requestedBy who rebuilds or copies
    record Found(
            DatabaseId database,
            OperationId operation,
            Facts facts,
            boolean complete,
            int copies,
            String requestedBy,
            Instant at)
            implements OperationRecord {
        public Found {
            if (copies < 1) {
                throw new IllegalArgumentException("a backup is found in one place at least, not in " + copies);
            }
        }

        /// Found in one place.
        public Found(
                DatabaseId database,
                OperationId operation,
                Facts facts,
                boolean complete,
                String requestedBy,
                Instant at) {
            this(database, operation, facts, complete, 1, requestedBy, at);
        }

        /// The backup; empty for facts of something else, which say nothing here.
        public Optional<BackupId> backup() {
            return switch (facts) {
                case Facts.BackedUp physical -> Optional.of(physical.backup());
                case Facts.Dumped logical -> Optional.of(logical.backup());
                case Facts.Restored _, Facts.Planned _, Facts.Verified _, Facts.Rehearsed _, Facts.Expired _ ->
                    Optional.empty();
            };
        }
    }

    /// What went wrong, in the form that events, the API and people share.
    record Problem(FailureCode code, String message, String hint) {}
}
