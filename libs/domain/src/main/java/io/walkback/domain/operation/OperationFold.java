package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The state of all operations of the partitions that were folded, as a function of their records and of nothing else.
///
/// Records of one partition must be applied in offset order; one at or below the highest offset seen there is ignored,
/// so reading a stretch twice is harmless. Not thread-safe: one thread folds, and hands out immutable [Operation]s.
///
/// Memory: every operation that the log or the snapshot still holds stays here, some 500 bytes each.
public final class OperationFold {
    private final Map<DatabaseId, Map<OperationId, Operation>> byDatabase = new HashMap<>();
    private final Map<OperationId, DatabaseId> databases = new HashMap<>();
    private final Map<Integer, Long> applied = new HashMap<>();

    /// What one record changed.
    ///
    /// @param before null when the record opened the operation
    public record Change(@Nullable Operation before, Operation after, OperationRecord record, Epoch place) {}

    /// Takes over an operation from a snapshot, to be followed by the log after it. An older version than the one
    /// known is ignored.
    public void restore(Operation operation) {
        Operation known = operations(operation.database()).get(operation.id());
        if (known == null || known.stateVersion() < operation.stateVersion()) {
            put(operation);
        }
    }

    /// Declares that everything up to and including `offset` of `partition` is in the snapshot.
    public void restoredUpTo(int partition, long offset) {
        applied.merge(partition, offset, Math::max);
    }

    /// The highest offset of `partition` that this state stands for, -1 before the first.
    public long position(int partition) {
        return applied.getOrDefault(partition, -1L);
    }

    /// Applies the record that stands at `place`. Empty when it is void.
    public Optional<Change> apply(OperationRecord record, Epoch place) {
        if (place.offset() <= position(place.partition())) {
            return Optional.empty();
        }
        applied.put(place.partition(), place.offset());
        Map<OperationId, Operation> siblings = operations(record.database());
        Operation before = siblings.get(record.operation());
        Optional<Operation> after = before == null ? first(record, place) : next(before, record, place, siblings);
        after.ifPresent(this::put);
        return after.map(operation -> new Change(before, operation, record, place));
    }

    public Optional<Operation> find(OperationId id) {
        DatabaseId database = databases.get(id);
        return database == null
                ? Optional.empty()
                : Optional.ofNullable(operations(database).get(id));
    }

    /// The operations of one database, in the order in which they were opened.
    public Collection<Operation> of(DatabaseId database) {
        return Collections.unmodifiableCollection(operations(database).values());
    }

    /// Every operation. A live view, for the folding thread only.
    public Iterable<Operation> all() {
        return () -> byDatabase.values().stream()
                .flatMap(operations -> operations.values().stream())
                .iterator();
    }

    /// Whether `claim` would win if it stood next in the log: what a worker asks before it bids.
    public boolean wouldWin(OperationRecord.Claimed claim) {
        Operation operation = operations(claim.database()).get(claim.operation());
        return operation != null
                && operation.isClaimable()
                && claim.attempt() == operation.attempts() + 1
                && !conflicts(claim, operations(claim.database()).values());
    }

    private Optional<Operation> first(OperationRecord record, Epoch place) {
        // An operation id belongs to one database for ever; the same id under another is void.
        if (databases.containsKey(record.operation())) {
            return Optional.empty();
        }
        return switch (record) {
            case OperationRecord.Opened opened -> Optional.of(Operation.open(opened, place.offset()));
            case OperationRecord.Rejected rejected -> Optional.of(Operation.reject(rejected, place.offset()));
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
                    OperationRecord.Expiring _ -> Optional.empty();
        };
    }

    private static Optional<Operation> next(
            Operation before, OperationRecord record, Epoch place, Map<OperationId, Operation> siblings) {
        if (record instanceof OperationRecord.Claimed claim && conflicts(claim, siblings.values())) {
            return Optional.empty();
        }
        if (record instanceof OperationRecord.Expiring mark && isPinned(mark.backup(), siblings.values())) {
            return Optional.empty();
        }
        return before.apply(record, place);
    }

    private static boolean conflicts(OperationRecord.Claimed claim, Collection<Operation> siblings) {
        for (Operation other : siblings) {
            boolean resourceTaken = other.holder()
                    .map(held -> !Collections.disjoint(held.resources(), claim.resources()))
                    .orElse(false);
            if (resourceTaken || !Collections.disjoint(other.expiring(), claim.pins())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPinned(BackupId backup, Collection<Operation> siblings) {
        return siblings.stream()
                .anyMatch(other ->
                        other.holder().map(held -> held.pins().contains(backup)).orElse(false));
    }

    private void put(Operation operation) {
        operations(operation.database()).put(operation.id(), operation);
        databases.put(operation.id(), operation.database());
    }

    private Map<OperationId, Operation> operations(DatabaseId database) {
        return byDatabase.computeIfAbsent(database, _ -> new LinkedHashMap<>());
    }
}
