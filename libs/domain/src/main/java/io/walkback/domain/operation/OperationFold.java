package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The state of all operations of the partitions that were folded, as a function of their records and of nothing
/// else.
///
/// Records of one partition must be applied in offset order; one at or below the highest offset seen there is
/// ignored, so reading a stretch twice is harmless. Not thread-safe: one thread folds, and hands out immutable
/// [Operation]s.
///
/// The id of an operation stays taken for [#KEPT] after its end, by the times that records carry; a record that
/// would open it later opens it anew. So [#forget] changes no answer, it only frees memory: some 500 bytes per
/// operation.
public final class OperationFold {
    /// How long after its end an operation is known. Longer than a request can be late (7 days, after which it is
    /// stale, F19), and shorter than the operation log is kept (90 days), so that a reader without a snapshot finds
    /// whole stories in the log or none.
    public static final Duration KEPT = Duration.ofDays(30);

    /// Clocks of writers may differ by this much from the one that forgets.
    private static final Duration CLOCKS = Duration.ofDays(1);

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
        Operation known = siblings.get(record.operation());
        Operation before = known == null || isFree(known, record.at()) ? null : known;
        Optional<Operation> after =
                before == null ? first(record, place, siblings) : next(before, record, place, siblings);
        if (before == null && after.isPresent()) {
            siblings.remove(record.operation());
        }
        after.ifPresent(this::put);
        return after.map(operation -> new Change(before, operation, record, place));
    }

    /// Drops what ended longer than [#KEPT] and a day before `now`, and returns it: at most `limit` operations.
    ///
    /// Two kinds stay however old they are. The last one of each database to change, since its version tells
    /// readers of the snapshot up to where that stands for the log. And expiries that marked a backup which nobody
    /// has said to be gone, since a mark is never taken back (P5).
    public List<Operation> forget(Instant now, int limit) {
        List<Operation> forgotten = new ArrayList<>();
        for (Map<OperationId, Operation> siblings : byDatabase.values()) {
            long newest = siblings.values().stream()
                    .mapToLong(Operation::stateVersion)
                    .max()
                    .orElse(-1);
            siblings.values().stream()
                    .filter(operation -> operation.stateVersion() < newest && isFree(operation, now.minus(CLOCKS)))
                    .limit((long) limit - forgotten.size())
                    .forEach(forgotten::add);
        }
        forgotten.forEach(operation -> drop(operation.database(), operation.id()));
        return forgotten;
    }

    /// Drops an operation that the snapshot has a tombstone for.
    public void drop(DatabaseId database, OperationId id) {
        operations(database).remove(id);
        databases.remove(id, database);
    }

    private static boolean isFree(Operation operation, Instant at) {
        return operation
                .settledSince()
                .filter(settled -> settled.isBefore(at.minus(KEPT)))
                .isPresent();
    }

    /// The expiry of `database` that has marked `backup`, gone or not.
    public Optional<Operation> marker(DatabaseId database, BackupId backup) {
        return operations(database).values().stream()
                .filter(operation -> operation.marks(backup))
                .findFirst();
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

    private Optional<Operation> first(OperationRecord record, Epoch place, Map<OperationId, Operation> siblings) {
        // An operation id belongs to one database; the same id under another is void.
        boolean taken = find(record.operation())
                .filter(known -> !isFree(known, record.at()))
                .isPresent();
        if (taken) {
            return Optional.empty();
        }
        return switch (record) {
            case OperationRecord.Opened opened
            when opened.command() instanceof Command.Hold hold
                    && isMarked(hold.backup(), siblings.values(), opened.at()) ->
                Optional.of(Operation.reject(tooLate(opened, hold), place.offset()));
            case OperationRecord.Opened opened -> Optional.of(Operation.open(opened, place.offset()));
            case OperationRecord.Rejected rejected -> Optional.of(Operation.reject(rejected, place.offset()));
            case OperationRecord.Found found ->
                isGoing(found, siblings.values()) ? Optional.empty() : Operation.found(found, place);
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
                    OperationRecord.Expired _ -> Optional.empty();
        };
    }

    private static OperationRecord.Rejected tooLate(OperationRecord.Opened opened, Command.Hold hold) {
        return new OperationRecord.Rejected(
                opened.database(),
                opened.operation(),
                OperationKind.HOLD,
                opened.requestedBy(),
                new OperationRecord.Problem(
                        FailureCode.REQUEST_CONFLICT,
                        "backup '" + hold.backup() + "' is marked as expiring, so it cannot be held any more",
                        "Hold another backup; 'walkback backup list' shows what there is."),
                opened.at());
    }

    private static Optional<Operation> next(
            Operation before, OperationRecord record, Epoch place, Map<OperationId, Operation> siblings) {
        if (record instanceof OperationRecord.Claimed claim && conflicts(claim, siblings.values())) {
            return Optional.empty();
        }
        if (record instanceof OperationRecord.Expiring mark
                && (isNeeded(mark.backup(), siblings.values())
                        || isMarked(mark.backup(), siblings.values(), mark.at()))) {
            return Optional.empty();
        }
        if (record instanceof OperationRecord.Found found && isGoing(found, siblings.values())) {
            return Optional.empty();
        }
        return before.apply(record, place);
    }

    private static boolean conflicts(OperationRecord.Claimed claim, Collection<Operation> siblings) {
        for (Operation other : siblings) {
            boolean resourceTaken = other.holder()
                    .map(held -> !Collections.disjoint(held.resources(), claim.resources()))
                    .orElse(false);
            if (resourceTaken) {
                return true;
            }
        }
        return claim.pins().stream().anyMatch(pin -> isMarked(pin, siblings, claim.at()));
    }

    /// Whether some expiry has marked what was found, or nothing is named that can be kept.
    private static boolean isGoing(OperationRecord.Found found, Collection<Operation> siblings) {
        return found.backup()
                .map(backup -> isMarked(backup, siblings, found.at()))
                .orElse(true);
    }

    /// Whether some expiry has marked `backup`. One whose story is over for so long that it may be forgotten
    /// counts as forgotten, so that all readers give one answer.
    private static boolean isMarked(BackupId backup, Collection<Operation> siblings, Instant at) {
        return siblings.stream().anyMatch(other -> other.marks(backup) && !isFree(other, at));
    }

    /// Whether something that is not over needs `backup`: a pin, a hold, or the operation that makes it.
    private static boolean isNeeded(BackupId backup, Collection<Operation> siblings) {
        return siblings.stream()
                .anyMatch(other -> other.holds(backup)
                        || other.holder()
                                .map(held -> held.pins().contains(backup))
                                .orElse(false)
                        || (other.kind() == OperationKind.BACKUP
                                && other.id().value().equals(backup.value())
                                && !other.state().isTerminal()));
    }

    private void put(Operation operation) {
        operations(operation.database()).put(operation.id(), operation);
        databases.put(operation.id(), operation.database());
    }

    private Map<OperationId, Operation> operations(DatabaseId database) {
        return byDatabase.computeIfAbsent(database, _ -> new LinkedHashMap<>());
    }
}
