package io.walkback.scheduler.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.Verdict;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Hold;
import io.walkback.scheduler.state.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The backups of a database as retention sees them: the catalog, and what operations hold, pin and mark.
public final class Candidates {
    private Candidates() {}

    /// @param live operations that are not over, straight from the log where there is one; those of the view count
    /// too
    static List<Candidate> of(State state, DatabaseId database, Collection<Operation> live) {
        List<Operation> operations = Stream.concat(state.operations().all(), live.stream())
                .filter(operation -> operation.database().equals(database))
                .toList();
        List<Candidate> candidates = new ArrayList<>();
        state.backupsOf(database)
                .filter(entry -> entry.status() != BackupStatus.EXPIRED)
                .forEach(entry -> candidates.add(candidate(entry, operations)));
        return candidates;
    }

    /// The holds that stand on a backup.
    public static List<Hold> holds(State state, DatabaseId database, BackupId backup) {
        return holds(
                state.operations()
                        .all()
                        .filter(operation -> operation.database().equals(database))
                        .toList(),
                backup);
    }

    private static List<Hold> holds(List<Operation> operations, BackupId backup) {
        return operations.stream()
                .filter(operation -> operation.holds(backup))
                .flatMap(operation -> operation.command() instanceof Command.Hold hold
                        ? Stream.of(new Hold(hold.reason(), operation.requestedBy(), hold.until()))
                        : Stream.empty())
                .distinct()
                .toList();
    }

    private static Candidate candidate(BackupCatalogEntry entry, List<Operation> operations) {
        BackupId backup = entry.backupId();
        BackupExtent extent = entry.extent();
        Instant since = entry.startedAt() == null ? entry.requestedAt() : entry.startedAt();
        Instant stopped = entry.completedAt() == null ? since : entry.completedAt();
        Set<String> pins = new HashSet<>();
        boolean marked = entry.status() == BackupStatus.EXPIRING;
        for (Operation operation : operations) {
            operation
                    .holder()
                    .filter(held -> held.pins().contains(backup))
                    .ifPresent(_ -> pins.add(operation.id().value()));
            marked |= operation.expiring().contains(backup);
        }
        return new Candidate(
                backup,
                entry.type() == BackupType.LOGICAL,
                marked ? Stage.EXPIRING : stage(entry),
                since,
                extent == null
                        ? null
                        : new Span(
                                extent.systemIdentifier(),
                                extent.timeline(),
                                extent.startLsn(),
                                extent.stopLsn(),
                                stopped),
                extent == null ? 0 : extent.pageChecksumErrors(),
                Optional.ofNullable(entry.proof()).map(ProofState::verdict).equals(Optional.of(Verdict.PROVEN)),
                holds(operations, backup),
                pins);
    }

    private static Stage stage(BackupCatalogEntry entry) {
        return switch (entry.status()) {
            // What a newer version calls by another name is left alone.
            case UNKNOWN, REQUESTED, RUNNING -> Stage.UNFINISHED;
            case AWAITING_WAL -> entry.extent() == null ? Stage.UNFINISHED : Stage.AWAITING_WAL;
            case COMPLETED -> entry.extent() == null ? Stage.UNFINISHED : Stage.COMPLETED;
            case FAILED -> Stage.FAILED;
            case EXPIRING, EXPIRED -> Stage.EXPIRING;
        };
    }
}
