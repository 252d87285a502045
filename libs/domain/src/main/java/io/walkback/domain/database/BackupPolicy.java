package io.walkback.domain.database;

import io.walkback.domain.retention.KeepRules;
import io.walkback.domain.retention.RetentionPolicy;
import java.time.Duration;
import java.time.ZoneId;

/// What is promised for one database.
///
/// @param enabled false: no scheduled backups; requests by people still run
/// @param cron when base backups start, six fields beginning with seconds, as Spring's `CronExpression` reads them
/// @param zone the zone in which `cron` is meant, daylight saving included
/// @param maxAttempts how often a backup is tried before it fails, 1 to 10
/// @param spreadCheckpoint true: wait for a spread checkpoint, which spares the server's disk; false: force one now
/// @param maxRateKilobytes how fast a base backup may read, kB per second as `BASE_BACKUP` takes it, 32 to 1 048
/// 576; 0: no limit
/// @param streamWal whether a replication slot and receiver are kept
/// @param retention the recovery window: every moment of it stays reachable, and every backup in it is kept
/// @param keep what is kept beside it
/// @param compressionLevel zstd level, 1 to 19
/// @param immutability how what is stored is locked
/// @param copies how many places hold each backup, 1 or 2: the repository, and the second one beside it. A backup
/// counts as completed once the first has it
/// @param pushWal whether the server's `archive_command` brings WAL instead; never together with `streamWal`. With
/// neither there is no WAL and no physical backup
/// @param walDurability when streamed WAL counts as durable; `KAFKA_TAIL` only with `streamWal`
/// @param heartbeat whether the receiver writes the row that RPO is measured by, where `wal setup` has made its
/// table
/// @param drill how recovery is rehearsed, and what is promised about it
public record BackupPolicy(
        boolean enabled,
        String cron,
        ZoneId zone,
        int maxAttempts,
        boolean spreadCheckpoint,
        int maxRateKilobytes,
        boolean streamWal,
        Duration retention,
        KeepRules keep,
        int compressionLevel,
        Immutability immutability,
        int copies,
        boolean pushWal,
        WalDurability walDurability,
        boolean heartbeat,
        DrillPolicy drill) {
    /// The most places that there are.
    public static final int MOST_COPIES = 2;

    /// Nightly at 02:00 in New York, three attempts, WAL streamed, kept for 30 days.
    public static final BackupPolicy DEFAULT = new BackupPolicy(
            true,
            "0 0 2 * * *",
            ZoneId.of("America/New_York"),
            3,
            false,
            0,
            true,
            Duration.ofDays(30),
            KeepRules.DEFAULT,
            3,
            Immutability.NONE,
            1,
            false);

    public BackupPolicy {
        if (maxAttempts < 1 || maxAttempts > 10) {
            throw new IllegalArgumentException("maxAttempts is 1 to 10, not " + maxAttempts);
        }
        if (maxRateKilobytes != 0 && (maxRateKilobytes < 32 || maxRateKilobytes > 1 << 20)) {
            throw new IllegalArgumentException("maxRate is 32 to 1048576 kB/s or 0, not " + maxRateKilobytes);
        }
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException("retention is longer than nothing, not " + retention);
        }
        if (compressionLevel < 1 || compressionLevel > 19) {
            throw new IllegalArgumentException("compressionLevel is 1 to 19, not " + compressionLevel);
        }
        if (copies < 1 || copies > MOST_COPIES) {
            throw new IllegalArgumentException("copies is 1 or 2, not " + copies);
        }
        if (walDurability == WalDurability.KAFKA_TAIL && !streamWal) {
            throw new IllegalArgumentException(
                    "only streamed wal has a tail: walDurability is kafka-tail and streamWal" + " is false");
        }
        if (streamWal && pushWal) {
            throw new IllegalArgumentException("wal is streamed or pushed: streamWal and pushWal are both true");
        }
    }

    /// With WAL that counts as durable when the repository has it.
    public BackupPolicy(
            boolean enabled,
            String cron,
            ZoneId zone,
            int maxAttempts,
            boolean spreadCheckpoint,
            int maxRateKilobytes,
            boolean streamWal,
            Duration retention,
            KeepRules keep,
            int compressionLevel,
            Immutability immutability,
            int copies,
            boolean pushWal) {
        this(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                keep,
                compressionLevel,
                immutability,
                copies,
                pushWal,
                WalDurability.OBJECT_STORE,
                true,
                DrillPolicy.DEFAULT);
    }

    /// With no WAL pushed.
    public BackupPolicy(
            boolean enabled,
            String cron,
            ZoneId zone,
            int maxAttempts,
            boolean spreadCheckpoint,
            int maxRateKilobytes,
            boolean streamWal,
            Duration retention,
            KeepRules keep,
            int compressionLevel,
            Immutability immutability,
            int copies) {
        this(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                keep,
                compressionLevel,
                immutability,
                copies,
                false);
    }

    /// With nothing kept beside the recovery window, nothing locked, and in one place.
    public BackupPolicy(
            boolean enabled,
            String cron,
            ZoneId zone,
            int maxAttempts,
            boolean spreadCheckpoint,
            int maxRateKilobytes,
            boolean streamWal,
            Duration retention,
            int compressionLevel) {
        this(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                KeepRules.DEFAULT,
                compressionLevel,
                Immutability.NONE,
                1);
    }

    /// Whether the second place is to hold what the first has.
    public boolean wantsCopy() {
        return copies > 1;
    }

    /// Whether WAL comes into the repository at all, one way or the other.
    public boolean bringsWal() {
        return streamWal || pushWal;
    }

    /// Whether WAL goes into a tail as well.
    public boolean hasTail() {
        return walDurability == WalDurability.KAFKA_TAIL;
    }

    /// The same with WAL that counts as durable then.
    public BackupPolicy durable(WalDurability wanted) {
        return new BackupPolicy(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                keep,
                compressionLevel,
                immutability,
                copies,
                pushWal,
                wanted,
                heartbeat,
                drill);
    }

    /// The same with WAL pushed and not streamed.
    public BackupPolicy pushed() {
        return new BackupPolicy(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                false,
                retention,
                keep,
                compressionLevel,
                immutability,
                copies,
                true,
                WalDurability.OBJECT_STORE,
                heartbeat,
                drill);
    }

    /// The same, rehearsed in this way.
    public BackupPolicy rehearsed(DrillPolicy wanted) {
        return new BackupPolicy(
                enabled,
                cron,
                zone,
                maxAttempts,
                spreadCheckpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                keep,
                compressionLevel,
                immutability,
                copies,
                pushWal,
                walDurability,
                heartbeat,
                wanted);
    }

    /// How long what is kept; days begin in the zone of `cron`.
    public RetentionPolicy retentionPolicy() {
        return new RetentionPolicy(retention, keep, zone);
    }
}
