package io.walkback.restore.plan;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.repository.manifest.BackupFacts;
import java.nio.file.Path;
import java.util.List;

/// What a restore will do.
///
/// @param major of the server that wrote the backup, 15 to 18
/// @param start WAL is needed from here on
/// @param consistent the copy can be opened from here on
/// @param wal what the WAL server may hand out; holds everything from `start` to the stop
/// @param files plain bytes of all files of the data directory, tablespaces not counted
/// @param directory absolute, its symbolic links resolved as far as it exists
/// @param run whether a server is started; else the files are left as the backup has them
/// @param notes what a person should know and may not expect
/// @param source what the backup knows about the server that it was taken from
public record RestorePlan(
        DatabaseId database,
        SystemIdentifier system,
        BackupId backup,
        int major,
        TimelineId timeline,
        Lsn start,
        Lsn consistent,
        Stop stop,
        WalChain wal,
        long files,
        Path directory,
        List<TablespacePlan> tablespaces,
        boolean run,
        List<String> notes,
        Source source) {
    /// @param environment what a server that opens the copy must have too
    /// @param settings    `postgresql.conf` lay in the data directory
    /// @param hba         `pg_hba.conf` did
    public record Source(BackupFacts.Environment environment, boolean settings, boolean hba) {
        static final Source UNKNOWN = new Source(BackupFacts.Environment.UNKNOWN, false, false);
    }

    /// From a backup that knows nothing about its server.
    public RestorePlan(
            DatabaseId database,
            SystemIdentifier system,
            BackupId backup,
            int major,
            TimelineId timeline,
            Lsn start,
            Lsn consistent,
            Stop stop,
            WalChain wal,
            long files,
            Path directory,
            List<TablespacePlan> tablespaces,
            boolean run,
            List<String> notes) {
        this(
                database,
                system,
                backup,
                major,
                timeline,
                start,
                consistent,
                stop,
                wal,
                files,
                directory,
                tablespaces,
                run,
                notes,
                Source.UNKNOWN);
    }

    public RestorePlan {
        tablespaces = List.copyOf(tablespaces);
        notes = List.copyOf(notes);
    }

    /// Plain bytes of everything that is written, WAL not counted.
    public long bytes() {
        return files + tablespaces.stream().mapToLong(TablespacePlan::bytes).sum();
    }
}
