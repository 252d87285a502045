package io.walkback.restore.plan;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupSummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// A committed backup as the choice sees it.
///
/// @param stop the copy is consistent from here on
/// @param completedAt by the clock of the worker that made it
record Candidate(BackupId id, TimelineId startTimeline, Lsn start, TimelineId timeline, Lsn stop, Instant completedAt) {
    private static final Comparator<Candidate> NEWEST_FIRST = Comparator.comparing(Candidate::completedAt)
            .thenComparing(Candidate::stop)
            .reversed();

    static Candidate of(BackupSummary summary) {
        BackupFacts facts = summary.facts();
        BackupFacts.WalSpan wal = facts.wal();
        return new Candidate(
                summary.id(), wal.startTimeline(), wal.start(), wal.stopTimeline(), wal.stop(), facts.completedAt());
    }

    /// Those whose stop lies before `target`, newest first (pitfalls 38, 39, 57).
    static List<Candidate> before(RecoveryTarget target, List<Candidate> all) {
        return all.stream()
                .filter(candidate -> candidate.isBefore(target))
                .sorted(NEWEST_FIRST)
                .toList();
    }

    private boolean isBefore(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Time time -> completedAt.isBefore(time.time());
            case RecoveryTarget.Position position -> !stop.isAfter(position.lsn());
            case RecoveryTarget.Latest _,
                    RecoveryTarget.Immediate _,
                    RecoveryTarget.Transaction _,
                    RecoveryTarget.RestorePoint _ -> true;
        };
    }
}
