package io.walkback.client;

import org.jspecify.annotations.Nullable;

/// Parts of a policy; what is null has the installation's default.
///
/// @param cron       six fields, seconds first
/// @param zone       an IANA name, in which `cron` is meant
/// @param checkpoint `fast` or `spread`
/// @param retention  the recovery window, a number with `d` or `h`; `keepAge`, `minimumAge` and `walRetention`
///     likewise, the first and the last of these may be `none`
/// @param immutability `none`, `governance 35d`, `compliance 35d`
/// @param copies     how many places hold each backup, 1 or 2
/// @param pushWal    true: the server's `archive_command` brings WAL, and nothing is streamed
/// @param walDurability when streamed WAL counts as durable: `object-store` or `kafka-tail`
/// @param heartbeat  whether a row is written that RPO is measured by, where `wal setup` has made its table
/// @param drill      how recovery is rehearsed
public record PolicyForm(
        @Nullable Boolean enabled,
        @Nullable String cron,
        @Nullable String zone,
        @Nullable Integer maxAttempts,
        @Nullable String checkpoint,
        @Nullable Integer maxRateKilobytes,
        @Nullable Boolean streamWal,
        @Nullable String retention,
        @Nullable Integer keepCount,
        @Nullable String keepAge,
        @Nullable Integer keepDaily,
        @Nullable Integer keepWeekly,
        @Nullable Integer keepMonthly,
        @Nullable Integer keepYearly,
        @Nullable Integer minimumRedundancy,
        @Nullable String minimumAge,
        @Nullable String walRetention,
        @Nullable Integer compressionLevel,
        @Nullable String immutability,
        @Nullable Integer copies,
        @Nullable Boolean pushWal,
        @Nullable String walDurability,
        @Nullable Boolean heartbeat,
        @Nullable DrillPolicyForm drill) {
    /// Without rules beside the recovery window.
    public PolicyForm(
            @Nullable Boolean enabled,
            @Nullable String cron,
            @Nullable String zone,
            @Nullable Integer maxAttempts,
            @Nullable String checkpoint,
            @Nullable Integer maxRateKilobytes,
            @Nullable Boolean streamWal,
            @Nullable String retention,
            @Nullable Integer compressionLevel) {
        this(
                enabled,
                cron,
                zone,
                maxAttempts,
                checkpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                compressionLevel,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /// Only a schedule, or with null nothing at all.
    public static PolicyForm schedule(@Nullable String cron, @Nullable String zone) {
        return new PolicyForm(null, cron, zone, null, null, null, null, null, null);
    }

    /// The same with locks, and in so many places.
    public PolicyForm stored(@Nullable String locked, @Nullable Integer places) {
        return new PolicyForm(
                enabled,
                cron,
                zone,
                maxAttempts,
                checkpoint,
                maxRateKilobytes,
                streamWal,
                retention,
                keepCount,
                keepAge,
                keepDaily,
                keepWeekly,
                keepMonthly,
                keepYearly,
                minimumRedundancy,
                minimumAge,
                walRetention,
                compressionLevel,
                locked,
                places,
                pushWal,
                walDurability,
                heartbeat,
                drill);
    }

    /// The same with WAL streamed by a receiver, or else pushed by the server.
    ///
    /// @param durability `object-store` or `kafka-tail`; null: the default
    public PolicyForm withWal(boolean streamed, @Nullable String durability) {
        return new PolicyForm(
                enabled,
                cron,
                zone,
                maxAttempts,
                checkpoint,
                maxRateKilobytes,
                streamed,
                retention,
                keepCount,
                keepAge,
                keepDaily,
                keepWeekly,
                keepMonthly,
                keepYearly,
                minimumRedundancy,
                minimumAge,
                walRetention,
                compressionLevel,
                immutability,
                copies,
                !streamed,
                durability,
                heartbeat,
                drill);
    }

    /// Without a schedule: backups are taken only when somebody asks.
    public static PolicyForm unscheduled() {
        return new PolicyForm(false, null, null, null, null, null, null, null, null);
    }
}
