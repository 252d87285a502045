package io.walkback.restore.plan;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.wal.WalArchive;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes plans from what a repository holds. Reads manifests and a few segments of WAL; writes nothing.
/// Thread-safe.
///
/// A restore to the latest position is planned as a restore to the position of the last whole record in the
/// archive: then PostgreSQL itself fails where the WAL turns out to end earlier, instead of promoting what it has.
/// Where later WAL is there than the last that can be reached, such a restore is refused: it would end early.
public final class Planner {
    /// Segments are stored several at once, and one may overtake another. What is on its way is there in less.
    private static final Duration OVERTAKEN = Duration.ofSeconds(3);

    private final Repository repository;
    private final Duration overtaken;

    public Planner(Repository repository) {
        this(repository, OVERTAKEN);
    }

    /// @param overtaken how long WAL is waited for that later WAL has overtaken
    public Planner(Repository repository, Duration overtaken) {
        this.repository = repository;
        this.overtaken = overtaken;
    }

    /// Plans, or refuses: `DATABASE_UNKNOWN`, `BACKUP_UNKNOWN`, `TARGET_UNREACHABLE` with the nearest targets,
    /// `NOT_SUPPORTED`, `REQUEST_INVALID` for the directories; damage names the object.
    public RestorePlan plan(DatabaseId database, Command.Restore command) {
        LineageRepository lineage = repository
                .current(database)
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.DATABASE_UNKNOWN,
                        "repository '" + repository.store().location() + "' has nothing of database '" + database + "'",
                        "Known are " + repository.databases() + "."));
        return new Planning(lineage, database, command, overtaken).plan();
    }

    /// One planning.
    private static final class Planning {
        private final LineageRepository lineage;
        private final WalArchive archive;
        private final DatabaseId database;
        private final Command.Restore command;
        private final Chains chains;
        private final KeptBackups backups;
        private final List<String> notes = new ArrayList<>();
        /// From where on the WAL of a timeline was searched for the target in vain.
        private final Map<TimelineId, Lsn> searched = new HashMap<>();

        Planning(LineageRepository lineage, DatabaseId database, Command.Restore command, Duration overtaken) {
            this.lineage = lineage;
            this.archive = lineage.wal();
            this.database = database;
            this.command = command;
            this.backups = new KeptBackups(lineage, database);
            this.chains = new Chains(archive, lineage.lineage().geometry().walSegmentSize(), overtaken);
        }

        RestorePlan plan() {
            RecoveryTarget target = command.target();
            if (command.exclusive() && !hasTwoSides(target)) {
                throw new OperatorActionException(
                        FailureCode.REQUEST_INVALID,
                        Refusals.text(target) + " has nothing just before it to end at",
                        "Ask for an exclusive end with a time, a position or a transaction only.");
            }
            List<Candidate> all = backups.candidates(command.backup(), notes);
            List<Candidate> before = Candidate.before(target, all);
            BackupId explicit = command.backup();
            if (explicit != null) {
                backups.refuseLogical(explicit);
                Candidate chosen = all.stream()
                        .filter(candidate -> candidate.id().equals(explicit))
                        .findFirst()
                        .orElseThrow(() -> backups.unknown(explicit));
                if (!before.contains(chosen)) {
                    throw Refusals.beforeBackup(target, chosen);
                }
                return plan(chosen, all);
            }
            return newest(before, all);
        }

        /// The newest that can be made consistent and lies on the timeline. An older one is taken only where the
        /// newer cannot serve at all, and the plan says so.
        private RestorePlan newest(List<Candidate> before, List<Candidate> all) {
            OperatorActionException refusal = null;
            for (Candidate candidate : before) {
                try {
                    return plan(candidate, all);
                } catch (Unusable unusable) {
                    refusal = refusal == null ? unusable.refusal : refusal;
                    notes.add("backup " + candidate.id() + " was passed over: " + unusable.refusal.text());
                }
            }
            throw refusal == null ? Refusals.tooEarly(command.target(), all) : refusal;
        }

        private RestorePlan plan(Candidate backup, List<Candidate> all) {
            boolean explicit = command.backup() != null;
            TimelineId timeline = command.timeline() == null ? backup.timeline() : command.timeline();
            WalChain wal = chains.from(
                    backup.start(), chains.history(timeline), command.target() instanceof RecoveryTarget.Latest);
            if (!wal.history().containing(backup.stop().plus(-1)).equals(backup.timeline())) {
                throw refuse(explicit, Refusals.otherTimeline(command.target(), backup, wal));
            }
            if (wal.end().isBefore(backup.stop())) {
                throw refuse(explicit, Refusals.incomplete(command.target(), backup, wal));
            }
            try (BackupReader reader = lineage.openBackup(backup.id())) {
                BackupSummary summary = reader.summary();
                if (summary.facts().origin() != BackupOrigin.SERVER) {
                    throw new OperatorActionException(
                            FailureCode.NOT_SUPPORTED,
                            "backup " + backup.id() + " is a stopped copy without a backup_label",
                            "Choose a backup that was taken from a server.");
                }
                WalProbe probe = new WalProbe(
                        archive,
                        summary.facts().server().major(),
                        lineage.lineage().system(),
                        wal);
                Stop stop = stop(backup, wal, probe, summary.facts().server().major(), all, explicit);
                reader.requireComplete();
                Layout layout = Layout.of(reader, command);
                return new RestorePlan(
                        database,
                        lineage.lineage().system(),
                        backup.id(),
                        summary.facts().server().major(),
                        timeline,
                        backup.start(),
                        backup.stop(),
                        stop,
                        wal,
                        layout.files(),
                        layout.directory(),
                        layout.tablespaces(),
                        command.start(),
                        notes,
                        new RestorePlan.Source(summary.facts().environment(), layout.settings(), layout.hba()));
            }
        }

        private Stop stop(
                Candidate backup, WalChain wal, WalProbe probe, int major, List<Candidate> all, boolean explicit) {
            return switch (command.target()) {
                case RecoveryTarget.Immediate _ -> new Stop.Consistent();
                case RecoveryTarget.Latest _ -> latest(backup, wal, probe, all);
                case RecoveryTarget.Position position -> {
                    End end = end(backup, wal, probe);
                    if (position.lsn().isAfter(end.recordEnd())) {
                        throw Refusals.beyond(command.target(), backup, wal, end.reach(), all);
                    }
                    yield position.lsn().isAfter(end.record())
                            ? new Stop.Position(end.record())
                            : new Stop.Position(position.lsn(), !command.exclusive());
                }
                case RecoveryTarget.Time time -> time(time, backup, wal, probe, all, explicit);
                case RecoveryTarget.Transaction _, RecoveryTarget.RestorePoint _ ->
                    record(backup, wal, major, explicit);
            };
        }

        /// A transaction or a restore point is the position of its record: PostgreSQL ends at the same place, and
        /// whether it is there at all is known before a byte is copied (P12).
        private Stop record(Candidate backup, WalChain wal, int major, boolean explicit) {
            WalWalk walk = new WalWalk(archive, major, lineage.lineage().system(), wal);
            Lsn until = searched.getOrDefault(wal.history().timeline(), wal.end());
            Optional<Lsn> record = TargetSearch.find(walk, wal, backup.stop(), until, command.target());
            searched.put(wal.history().timeline(), backup.stop());
            if (record.isEmpty()) {
                throw refuse(explicit, Refusals.notInWal(command.target(), backup, wal));
            }
            notes.add(Refusals.text(command.target()) + " is at position " + record.get() + ", where recovery ends");
            return new Stop.Position(record.get(), !command.exclusive());
        }

        private static boolean hasTwoSides(RecoveryTarget target) {
            return switch (target) {
                case RecoveryTarget.Time _, RecoveryTarget.Position _, RecoveryTarget.Transaction _ -> true;
                case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.RestorePoint _ -> false;
            };
        }

        private Stop latest(Candidate backup, WalChain wal, WalProbe probe, List<Candidate> all) {
            End end = end(backup, wal, probe);
            if (wal.resumes()) {
                throw Refusals.beyond(command.target(), backup, wal, end.reach(), all);
            }
            return new Stop.Position(end.record());
        }

        private Stop time(
                RecoveryTarget.Time target,
                Candidate backup,
                WalChain wal,
                WalProbe probe,
                List<Candidate> all,
                boolean explicit) {
            WalProbe.Surroundings atStop = probe.around(backup.stop());
            if (atStop.before() != null && isPast(target, atStop.before().time())) {
                // By the server's clock this backup ended after the target, whatever the worker's clock says.
                throw refuse(explicit, Refusals.beforeBackup(target, backup));
            }
            End end = end(backup, wal, probe);
            if (end.commit() != null && isPast(target, end.commit())) {
                return new Stop.Time(target.time(), !command.exclusive());
            }
            if (target.time().isAfter(end.until()) || wal.resumes()) {
                throw Refusals.beyond(target, backup, wal, end.reach(), all);
            }
            notes.add("nothing was committed between " + (end.commit() == null ? backup.completedAt() : end.commit())
                    + " and " + target.time() + ", so recovery goes to position " + end.record());
            return new Stop.Position(end.record());
        }

        /// Whether recovery to `target` leaves out what ended at `time`.
        private boolean isPast(RecoveryTarget.Time target, Instant time) {
            return command.exclusive() ? !time.isBefore(target.time()) : time.isAfter(target.time());
        }

        /// @param commit the time of the newest end of a transaction, null if there was none
        private record End(
                Lsn record, Lsn recordEnd, @Nullable Instant commit, Refusals.Reach reach) {
            Instant until() {
                return reach.until();
            }
        }

        private End end(Candidate backup, WalChain wal, WalProbe probe) {
            WalProbe.Surroundings last = probe.around(wal.end());
            Lsn record = last.lastRecord();
            Lsn recordEnd = last.lastRecordEnd();
            if (record == null || recordEnd == null) {
                throw Refusals.incomplete(command.target(), backup, wal);
            }
            Instant commit = last.before() != null
                    ? last.before().time()
                    : probe.newestCommitBefore(wal.lastNumber()).orElse(null);
            Instant until = backup.completedAt();
            for (Instant known :
                    List.of(commit == null ? until : commit, probe.storedAt().orElse(until))) {
                until = known.isAfter(until) ? known : until;
            }
            return new End(
                    record, recordEnd, commit, new Refusals.Reach(backup.stop(), backup.completedAt(), record, until));
        }

        /// What makes an implicit choice go on to an older backup, and an explicit one fail.
        private static RuntimeException refuse(boolean explicit, OperatorActionException refusal) {
            return explicit ? refusal : new Unusable(refusal);
        }
    }

    private static final class Unusable extends RuntimeException {
        private final transient OperatorActionException refusal;

        Unusable(OperatorActionException refusal) {
            super(refusal.text(), refusal);
            this.refusal = refusal;
        }
    }
}
