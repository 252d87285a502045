package io.walkback.scheduler.rebuild;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackedUp;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.wal.WalArchive;
import io.walkback.scheduler.rebuild.RebuildPage.Outcome;
import io.walkback.scheduler.rebuild.RebuildPage.Row;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What becomes of each backup, and what the log is to be told of those that are missing. For one thread.
final class Judgement {
    /// Who asked for a backup, when nobody remembers.
    static final String BY = "catalog rebuild";

    private final State state;
    private final Clock clock;
    private final List<OperationRecord.Found> found = new ArrayList<>();

    Judgement(State state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    /// What the log is to be told, in order.
    List<OperationRecord.Found> found() {
        return List.copyOf(found);
    }

    /// Empty for a backup that went while it was looked at.
    Optional<Row> of(LineageRepository lineage, BackupId backup) {
        DatabaseId database = lineage.lineage().database();
        Row known = known(lineage, backup);
        if (known != null) {
            return Optional.of(known);
        }
        try (BackupReader reader = lineage.openBackup(backup)) {
            reader.requireComplete();
            if (reader.summary().facts().isLogical()) {
                Facts.Dumped dumped = BackedUp.dumped(lineage.lineage(), reader.summary(), reader.digest());
                found.add(new OperationRecord.Found(
                        database, new OperationId(backup.value()), dumped, true, BY, clock.instant()));
                return Optional.of(new Row(database, backup, Outcome.RESTORED, "COMPLETED"));
            }
            Facts.BackedUp facts = BackedUp.of(lineage.lineage(), reader.summary(), reader.digest());
            Optional<String> missing = missingWal(lineage.wal(), facts);
            found.add(new OperationRecord.Found(
                    database, new OperationId(backup.value()), facts, missing.isEmpty(), BY, clock.instant()));
            return Optional.of(new Row(
                    database,
                    backup,
                    Outcome.RESTORED,
                    missing.map(lack -> "AWAITING_WAL, '" + lack + "' is not there")
                            .orElse("COMPLETED")));
        } catch (CorruptDataException damage) {
            boolean gone = lineage.lineage()
                    .store()
                    .size(lineage.lineage().manifest(backup))
                    .isEmpty();
            return gone ? Optional.empty() : Optional.of(unreadable(database, backup, damage.text()));
        } catch (OperatorActionException refused) {
            if (refused.code() != FailureCode.STORE_LAYOUT && refused.code() != FailureCode.KEY_UNAVAILABLE) {
                throw refused;
            }
            return Optional.of(unreadable(database, backup, refused.text()));
        }
    }

    static Row unreadable(DatabaseId database, @Nullable BackupId backup, String reason) {
        return new Row(database, backup, Outcome.UNREADABLE, reason);
    }

    private @Nullable Row known(LineageRepository lineage, BackupId backup) {
        DatabaseId database = lineage.lineage().database();
        OperationId id = new OperationId(backup.value());
        Optional<BackupCatalogEntry> entry = state.backups().find(database + "/" + backup);
        if (entry.isPresent()) {
            BackupExtent extent = entry.get().extent();
            return extent != null
                            && !extent.systemIdentifier()
                                    .equals(lineage.lineage().system())
                    ? unreadable(
                            database,
                            backup,
                            "the catalog has a backup of this name of system " + extent.systemIdentifier()
                                    + ", this one is of system "
                                    + lineage.lineage().system())
                    : new Row(
                            database,
                            backup,
                            Outcome.KNOWN,
                            entry.get().status().name());
        }
        Optional<Operation> operation = state.operation(id);
        if (operation.isPresent() && !operation.get().database().equals(database)) {
            return unreadable(
                    database,
                    backup,
                    "database '" + operation.get().database() + "' has an operation of this name, and names are taken"
                            + " once");
        }
        if (operation.isPresent() && isBeingMade(operation.get())) {
            return new Row(database, backup, Outcome.KNOWN, "its operation is not over");
        }
        boolean taken = found.stream().anyMatch(each -> each.operation().equals(id));
        if (taken) {
            return unreadable(
                    database, backup, "another backup of this name was just taken up, and names are taken once");
        }
        return state.operations()
                .below(database + "/")
                .filter(other -> other.marks(backup))
                .findFirst()
                .map(expiry -> new Row(
                        database, backup, Outcome.KNOWN, "expiry '" + expiry.id() + "' has marked it, it is going"))
                .orElse(null);
    }

    private static boolean isBeingMade(Operation operation) {
        return switch (operation.state()) {
            case OperationState.Open _, OperationState.Claimed _ -> true;
            case OperationState.AwaitingWal _,
                    OperationState.Completed _,
                    OperationState.Failed _,
                    OperationState.Cancelled _,
                    OperationState.Rejected _ -> false;
        };
    }

    /// The first of what a restore to the backup's end needs and the archive lacks. Where a timeline ended within
    /// its last segment this says too much is missing; then the backup awaits its WAL, and a worker, who reads
    /// histories, completes it.
    private static Optional<String> missingWal(WalArchive wal, Facts.BackedUp facts) {
        TimelineId timeline = facts.timeline();
        if (!timeline.equals(TimelineId.FIRST) && wal.findHistory(timeline).isEmpty()) {
            return Optional.of(timeline.historyFileName());
        }
        return wal.missing(timeline, facts.start(), facts.stop(), 1).stream()
                .findFirst()
                .map(segment -> segment.fileName());
    }
}
