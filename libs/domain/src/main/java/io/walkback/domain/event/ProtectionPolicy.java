package io.walkback.domain.event;

import org.jspecify.annotations.Nullable;

/// The whole policy of one database, defaults filled in, so that no reader has to guess a field (pitfall 77).
///
/// @param name name of the policy that this came from
/// @param backupCron when base backups are due, six fields; null for never
/// @param zone zone in which the schedules are read, such as America/New_York
/// @param retentionDays how many days back recovery must reach
/// @param minimumBackups completed backups that are kept whatever their age
/// @param maxAttempts attempts before an operation fails
/// @param walMode how WAL leaves the database
/// @param verifyDays age in days at which what was read back counts as unread
/// @param drillCron when rehearsals are due; null for never
/// @param proofMaxAgeDays age in days at which a proof is stale and alarms
/// @param rpoSeconds how much may be lost
/// @param rtoSeconds how long a recovery may take
public record ProtectionPolicy(
        String name,
        @Nullable String backupCron,
        String zone,
        int retentionDays,
        int minimumBackups,
        int maxAttempts,
        WalMode walMode,
        int verifyDays,
        @Nullable String drillCron,
        int proofMaxAgeDays,
        long rpoSeconds,
        long rtoSeconds) {}
