package io.walkback.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A registered database.
///
/// @param systemIdentifier decimal, null until the cluster was seen
/// @param managedBy        `api` or `file`
/// @param pushTokenIssued  whether there is a token that lets its WAL be pushed; null from an older service
public record DatabaseView(
        String name,
        String host,
        int port,
        String dbname,
        String user,
        @Nullable String passwordRef,
        String sslMode,
        @Nullable String sslRootCertificate,
        Policy policy,
        Map<String, String> labels,
        @Nullable String systemIdentifier,
        String managedBy,
        @Nullable Boolean pushTokenIssued) {
    /// The whole policy in force.
    ///
    /// @param immutability null from an older service, which locks nothing by policy
    /// @param copies how many places are to hold each backup; null from an older service, which does not say
    /// @param pushWal whether `archive_command` brings WAL; null from an older service, whose databases never push
    /// @param walDurability `object-store` or `kafka-tail`; null from an older service, which knows the first only
    /// @param heartbeat whether a row is written that RPO is measured by; null from an older service, which writes
    /// none
    /// @param drill how recovery is rehearsed; null from an older service, which rehearses nothing
    public record Policy(
            boolean enabled,
            String cron,
            String zone,
            int maxAttempts,
            String checkpoint,
            int maxRateKilobytes,
            boolean streamWal,
            String retention,
            int keepCount,
            String keepAge,
            int keepDaily,
            int keepWeekly,
            int keepMonthly,
            int keepYearly,
            int minimumRedundancy,
            String minimumAge,
            String walRetention,
            int compressionLevel,
            @Nullable String immutability,
            @Nullable Integer copies,
            @Nullable Boolean pushWal,
            @Nullable String walDurability,
            @Nullable Boolean heartbeat,
            @Nullable DrillPolicyForm drill) {
        /// Whether the server's `archive_command` brings WAL.
        public boolean pushes() {
            return Boolean.TRUE.equals(pushWal);
        }
    }
}
