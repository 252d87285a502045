package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.TimelineId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an operation is asked to do.
public sealed interface Command {
    OperationKind kind();

    /// A physical base backup. The backup's id is the operation's.
    ///
    /// @param backup the id that the backup will have
    record TakeBackup(BackupId backup) implements Command {
        @Override
        public OperationKind kind() {
            return OperationKind.BACKUP;
        }
    }

    /// A logical backup: what `pg_dump` and `pg_dumpall --globals-only` say. The backup's id is the operation's.
    ///
    /// @param backup the id that the backup will have
    /// @param dbnames what to dump, at most [#MOST_DBNAMES]; none: every dbname that takes connections and is no
    ///     template
    record TakeDump(BackupId backup, List<String> dbnames) implements Command {
        /// A request names them one by one; whoever has more takes all.
        public static final int MOST_DBNAMES = 1000;

        public TakeDump {
            dbnames = List.copyOf(dbnames);
            if (dbnames.size() > MOST_DBNAMES) {
                throw new IllegalArgumentException(dbnames.size() + " dbnames, more than " + MOST_DBNAMES);
            }
        }

        @Override
        public OperationKind kind() {
            return OperationKind.BACKUP;
        }
    }

    /// Bring a database back into `directory` on `host`.
    ///
    /// @param backup the backup to start from; null: the newest one whose stop position lies before the target
    /// @param timeline the timeline to follow; null: the one of the chosen backup
    /// @param host the node name of the restore-worker that has the directory
    /// @param directory absolute path, empty or absent, unless `delta` or `inPlace`
    /// @param tablespaces new absolute paths by the path in the backup
    /// @param start false: leave the files with the server's own `backup_manifest`, and start nothing
    /// @param delta go over the data directory of the stopped server that is there, without a way back, and write
    ///     only what differs
    /// @param exclusive end just before the target; for a time, a position and a transaction only
    /// @param validateOnly plan, look at the host, change nothing
    /// @param planDigest of the plan that was shown; the restore is refused where its own differs; null: any plan
    /// @param breakGlass why nobody else was asked; null: nobody broke the glass
    /// @param inPlace in the place of the server that is there, which is set aside; null: not
    record Restore(
            @Nullable BackupId backup,
            RecoveryTarget target,
            @Nullable TimelineId timeline,
            String host,
            String directory,
            Map<String, String> tablespaces,
            boolean start,
            boolean delta,
            boolean exclusive,
            boolean validateOnly,
            @Nullable String planDigest,
            @Nullable String breakGlass,
            @Nullable InPlace inPlace)
            implements Command {
        public Restore {
            tablespaces = Map.copyOf(tablespaces);
            if (delta && inPlace != null) {
                throw new IllegalArgumentException("a restore either goes over what is there or sets it aside");
            }
        }

        /// To just after the target, from whatever plan it finds.
        public Restore(
                @Nullable BackupId backup,
                RecoveryTarget target,
                @Nullable TimelineId timeline,
                String host,
                String directory,
                Map<String, String> tablespaces,
                boolean start,
                boolean delta) {
            this(backup, target, timeline, host, directory, tablespaces, start, delta, false, false, null, null, null);
        }

        /// Into an empty or absent directory.
        public Restore(
                @Nullable BackupId backup,
                RecoveryTarget target,
                @Nullable TimelineId timeline,
                String host,
                String directory,
                Map<String, String> tablespaces,
                boolean start) {
            this(backup, target, timeline, host, directory, tablespaces, start, false);
        }

        /// The same restore from this backup.
        public Restore from(BackupId pinned) {
            return new Restore(
                    pinned,
                    target,
                    timeline,
                    host,
                    directory,
                    tablespaces,
                    start,
                    delta,
                    exclusive,
                    validateOnly,
                    planDigest,
                    breakGlass,
                    inPlace);
        }

        @Override
        public OperationKind kind() {
            return OperationKind.RESTORE;
        }
    }

    /// What goes with a restore in place. Hooks are programs of the worker's own hooks folder, by plain file name:
    /// a request carries no command line.
    ///
    /// @param stopHook stops the server and whoever would start it again; null: it must be stopped already
    /// @param startHook starts it again, also after the old state was put back; null: the copy is left as every
    ///     restore leaves it
    /// @param verification judges the open copy: anything but 0 puts the old state back; null: nobody does
    record InPlace(
            @Nullable String stopHook,
            @Nullable String startHook,
            @Nullable String verification) {}

    /// Read a backup whole and compare each byte with its digest.
    ///
    /// @param backup null: every backup of the database
    /// @param rotation null: everything; otherwise this part of the packs is read whole, and of the others what
    /// shows that they are there and fit
    record Verify(@Nullable BackupId backup, @Nullable Rotation rotation) implements Command {
        /// Everything.
        public Verify(@Nullable BackupId backup) {
            this(backup, null);
        }

        @Override
        public OperationKind kind() {
            return OperationKind.VERIFICATION;
        }
    }

    /// Restore into a scratch cluster, judge what came out of it, and take it away again (P7, P9). Bound to no host.
    ///
    /// @param choice which backup to take
    /// @param backup which one, if and only if the choice is `NAMED`
    /// @param target where recovery ends, unless `randomWindow` says that it ends elsewhere
    /// @param randomWindow null, or: recovery ends at a moment that the worker draws from the last so much time
    ///     that it can reach, and with `NEWEST` from the newest backup that lies before that moment
    /// @param assertions what the owner says must be true, at most [#MOST_ASSERTIONS] of at most
    ///     [#MOST_SQL] characters together, no name twice
    /// @param limit when this much time has passed the rehearsal ends unproven, [#SHORTEST] to [#LONGEST]
    record Rehearse(
            DrillChoice choice,
            @Nullable BackupId backup,
            RecoveryTarget target,
            @Nullable Duration randomWindow,
            List<Assertion> assertions,
            Duration limit)
            implements Command {
        /// Each is a connection and a query of the rehearsal.
        public static final int MOST_ASSERTIONS = 50;

        /// The command is kept in the log and in memory for a month.
        public static final int MOST_SQL = 64 << 10;

        /// Nothing starts and stops a server in less.
        public static final Duration SHORTEST = Duration.ofSeconds(10);

        /// As long as a request waits.
        public static final Duration LONGEST = Duration.ofDays(7);

        public Rehearse {
            assertions = List.copyOf(assertions);
            if (choice == DrillChoice.UNKNOWN || (choice == DrillChoice.NAMED) != (backup != null)) {
                throw new IllegalArgumentException("choice " + choice + " with backup " + backup);
            }
            if (randomWindow != null && (randomWindow.isNegative() || randomWindow.isZero())) {
                throw new IllegalArgumentException("a window is longer than nothing, not " + randomWindow);
            }
            if (limit.compareTo(SHORTEST) < 0 || limit.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("limit is " + SHORTEST + " to " + LONGEST + ", not " + limit);
            }
            requireFew(assertions);
        }

        /// Throws [IllegalArgumentException] for more assertions than one rehearsal takes, or two of one name.
        public static void requireFew(List<Assertion> assertions) {
            long names = assertions.stream().map(Assertion::name).distinct().count();
            int characters = assertions.stream()
                    .mapToInt(assertion -> assertion.sql().length())
                    .sum();
            if (assertions.size() > MOST_ASSERTIONS || characters > MOST_SQL || names < assertions.size()) {
                throw new IllegalArgumentException("assertions are at most " + MOST_ASSERTIONS + " with "
                        + MOST_SQL + " characters together and names of their own; there are " + assertions.size()
                        + " with " + characters + " characters and " + names + " names");
            }
        }

        @Override
        public OperationKind kind() {
            return OperationKind.DRILL;
        }
    }

    /// Delete what the policy no longer keeps.
    record Expire() implements Command {
        @Override
        public OperationKind kind() {
            return OperationKind.EXPIRY;
        }
    }

    /// Keep a backup from expiring until somebody ends this operation. Nobody claims it.
    ///
    /// @param until when it ends by itself; null: never
    record Hold(BackupId backup, String reason, @Nullable Instant until) implements Command {
        @Override
        public OperationKind kind() {
            return OperationKind.HOLD;
        }
    }

    /// Receive the WAL of the database for its tail alone, beside whoever brings it into the repository, until told
    /// otherwise.
    record AccompanyWal() implements Command {
        @Override
        public OperationKind kind() {
            return OperationKind.WAL_COMPANION;
        }
    }

    /// Receive the WAL of the database until told otherwise.
    record ReceiveWal() implements Command {
        @Override
        public OperationKind kind() {
            return OperationKind.WAL_RECEPTION;
        }
    }
}
