package io.walkback.backup;

import io.walkback.backup.wal.PushSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How much one backup-worker takes on: `walkback.backup.*`.
///
/// @param slots             backups at once. Each needs up to 80 MiB of heap and a core; more workers are
///                          better than more slots
/// @param walSlots          databases whose WAL is received at once, each with a spool of one segment on disk
/// @param verificationSlots verifications at once
/// @param threads           that hash and compress, for each backup; 0 means one per core, 16 at most
/// @param connectTimeout    from the first packet to a session that can be used
/// @param clientProgramsDir folder of `pg_dump`, `pg_dumpall` and `pg_restore` for logical backups
///                          (`WALKBACK_CLIENT_PROGRAMS_DIR`); the newest installed ones where it is not set
/// @param walDir            where WAL lies that is not in the repository yet (`WAL_ARCHIVE_DIR`); below the state
///                          directory where it is not set
/// @param copyUrl           a second repository, `file:///...` or `s3://bucket/prefix`, that gets what the first
///                          has of databases whose policies want two copies (`WALKBACK_COPY_URL`); none where it is
///                          not set
/// @param push              where servers push WAL to
@ConfigurationProperties("walkback.backup")
public record BackupWorkerSettings(
        @DefaultValue("2") int slots,
        @DefaultValue("32") int walSlots,
        @DefaultValue("1") int verificationSlots,
        @DefaultValue("0") int threads,
        @DefaultValue("15s") Duration connectTimeout,
        @Nullable Path clientProgramsDir,
        @Nullable Path walDir,
        @Nullable URI copyUrl,
        @DefaultValue PushSettings push) {
    public BackupWorkerSettings {
        check("slots", slots, 1, 64);
        check("wal-slots", walSlots, 1, 1000);
        check("verification-slots", verificationSlots, 1, 64);
        check("threads", threads, 0, 16);
        if (connectTimeout.toSeconds() < 1 || connectTimeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException(
                    "walkback.backup.connect-timeout must be 1 s to 5 min, was " + connectTimeout);
        }
    }

    /// Where received WAL waits for the repository.
    Path walDirectory(Path stateDir) {
        return walDir == null || walDir.toString().isBlank() ? stateDir.resolve("wal") : walDir;
    }

    /// Where client programs are; null where they are to be looked for.
    @Nullable
    Path clientPrograms() {
        return clientProgramsDir == null || clientProgramsDir.toString().isBlank() ? null : clientProgramsDir;
    }

    /// What `threads` comes to on this machine.
    public int threadsHere() {
        return threads > 0 ? threads : Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "walkback.backup." + name + " must be " + least + ".." + most + ", was " + value);
        }
    }
}
