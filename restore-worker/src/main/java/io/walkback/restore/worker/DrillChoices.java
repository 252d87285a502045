package io.walkback.restore.worker;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.manifest.BackupFacts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which backup a rehearsal takes and where it goes. The repository is asked, and not the catalog: what is rehearsed
/// is what a restore would find.
final class DrillChoices {
    private final Clock clock;
    private final RandomGenerator random;

    DrillChoices(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /// @param byChance whether the target is a point of ours, and not one that somebody asked for
    record Choice(BackupId backup, RecoveryTarget target, boolean byChance) {}

    private record Candidate(BackupId id, BackupFacts facts) {}

    /// `BACKUP_UNKNOWN` when there is nothing to choose from. A backup that is named is taken as it is; what is wrong
    /// with it the rehearsal says.
    Choice choose(Repository repository, DatabaseId database, Command.Rehearse command) {
        BackupId named = command.backup();
        if (named != null) {
            return new Choice(named, command.target(), false);
        }
        LineageRepository lineage = repository
                .current(database)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "the repository has nothing of database '" + database + "'",
                        "Back it up first."));
        List<Candidate> all = lineage.backups().stream()
                .flatMap(id -> lineage.findBackup(id).stream())
                .filter(summary -> !summary.facts().isLogical())
                .filter(summary -> !awaitsWal(lineage, summary.facts().wal()))
                .map(summary -> new Candidate(summary.id(), summary.facts()))
                .sorted(Comparator.comparing(
                        (Candidate candidate) -> candidate.facts().completedAt()))
                .toList();
        RecoveryTarget target = target(command, all);
        List<Candidate> before =
                all.stream().filter(candidate -> isBefore(candidate, target)).toList();
        if (before.isEmpty()) {
            throw new OperatorActionException(
                    FailureCode.BACKUP_UNKNOWN,
                    "database '" + database + "' has no backup that could be rehearsed: "
                            + (all.isEmpty() ? "it has no physical one" : "none ended before the target"),
                    "Take a backup, or rehearse a later target.");
        }
        Candidate chosen =
                command.choice() == DrillChoice.RANDOM ? before.get(random.nextInt(before.size())) : before.getLast();
        return new Choice(chosen.id(), target, command.randomWindow() != null);
    }

    /// Whether the archive has nothing yet of the segment in which it ends, or of later ones. A backup whose WAL has a
    /// hole before that awaits nothing, and is rehearsed.
    private static boolean awaitsWal(LineageRepository lineage, BackupFacts.WalSpan span) {
        long size = lineage.lineage().geometry().walSegmentSize();
        long needed = Long.divideUnsigned(span.stop().bytes() - 1, size);
        return lineage.wal().ranges(span.stopTimeline()).stream()
                .noneMatch(range -> range.last().number() >= needed);
    }

    /// A point of the window that some backup leads to; what was asked for where none does.
    private RecoveryTarget target(Command.Rehearse command, List<Candidate> all) {
        Duration window = command.randomWindow();
        if (window == null || all.isEmpty()) {
            return command.target();
        }
        Instant now = clock.instant();
        Instant first = all.getFirst().facts().completedAt().plusSeconds(1);
        Instant from = now.minus(window).isAfter(first) ? now.minus(window) : first;
        long millis = Duration.between(from, now).toMillis();
        return millis <= 0 ? command.target() : new RecoveryTarget.Time(from.plusMillis(random.nextLong(millis)));
    }

    private static boolean isBefore(Candidate candidate, RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Time time -> candidate.facts().completedAt().isBefore(time.time());
            case RecoveryTarget.Position position ->
                !candidate.facts().wal().stop().isAfter(position.lsn());
            case RecoveryTarget.Latest _,
                    RecoveryTarget.Immediate _,
                    RecoveryTarget.Transaction _,
                    RecoveryTarget.RestorePoint _ -> true;
        };
    }
}
