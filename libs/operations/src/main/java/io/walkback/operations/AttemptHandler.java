package io.walkback.operations;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import java.time.Duration;
import java.util.Set;

/// How one kind of operation is done. Implementations are thread-safe: several attempts run at once.
public interface AttemptHandler {
    OperationKind kind();

    /// How many attempts of this kind may run at once in this process.
    int slots();

    /// Whether this worker can do `operation` at all: the right host, labels, versions. Asked often; does no I/O.
    boolean canDo(Operation operation);

    /// How long an attempt may tell nothing of its progress before it counts as stuck and loses its claim (pitfall
    /// 74). Longer than its longest silent step: by default than the wait for a spread checkpoint, a day at most.
    default Duration patience() {
        return Duration.ofHours(26);
    }

    /// What a claim must hold and pin. Asked right before the bid, on the deciding thread: it may look at memory,
    /// never at a server.
    Needs needs(Operation operation);

    /// Does it. An interrupt means that the attempt is over: cancelled, paused, lost, or the process stops.
    ///
    /// Throw a [io.walkback.domain.PlatformException] for a fault; a retryable one leads to another attempt where
    /// the policy allows. Anything else that is thrown counts as a fault of our own and is retried.
    Result run(Attempt attempt) throws InterruptedException;

    /// @param resources held alone, within the database, as long as the attempt lives
    /// @param pins backups that must not expire as long as the attempt lives
    record Needs(Set<Resource> resources, Set<BackupId> pins) {
        public Needs {
            resources = Set.copyOf(resources);
            pins = Set.copyOf(pins);
        }
    }

    /// How an attempt ended well.
    sealed interface Result {
        /// A backup is copied and awaits its WAL.
        record Copied(Facts.BackedUp facts) implements Result {}

        /// The work is done.
        record Done(Facts facts) implements Result {}

        /// The work goes on elsewhere, unharmed.
        record HandedBack() implements Result {}
    }
}
