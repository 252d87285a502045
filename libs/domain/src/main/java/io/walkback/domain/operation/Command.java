package io.walkback.domain.operation;

import io.walkback.domain.BackupId;
import io.walkback.domain.TimelineId;
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
    /// @param directory absolute path, empty or absent, unless `delta`
    /// @param tablespaces new absolute paths by the path in the backup
    /// @param start false: leave the files with the server's own `backup_manifest`, and start nothing
    /// @param delta go over the data directory of the stopped server that is there, without a way back, and write
    ///     only what differs
    record Restore(
            @Nullable BackupId backup,
            RecoveryTarget target,
            @Nullable TimelineId timeline,
            String host,
            String directory,
            Map<String, String> tablespaces,
            boolean start,
            boolean delta)
            implements Command {
        public Restore {
            tablespaces = Map.copyOf(tablespaces);
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
            return new Restore(pinned, target, timeline, host, directory, tablespaces, start, delta);
        }

        @Override
        public OperationKind kind() {
            return OperationKind.RESTORE;
        }
    }

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
