package io.walkback.scheduler;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.operations.LeaseTimes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of this service: `walkback.*`.
///
/// @param nodeName          how this process is called in claims and logs; the machine's host name unless told
///                          otherwise
/// @param operationsLease   silence after which an attempt is lost; the same in all services
/// @param config            file with databases and policies; none: only what was registered through the API
/// @param backupEnabled     false: no scheduled backups at all; requests by people still run
/// @param backupRetentionDays how long backups are kept where a policy does not say, 1 to 36 500
@ConfigurationProperties("walkback")
public record SchedulerSettings(
        @Nullable String nodeName,
        @DefaultValue("60s") Duration operationsLease,
        @Nullable Path config,
        @DefaultValue("true") boolean backupEnabled,
        @DefaultValue("30") int backupRetentionDays) {
    public SchedulerSettings {
        if (backupRetentionDays < 1 || backupRetentionDays > 36_500) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "walkback.backup-retention-days is 1 to 36500, not " + backupRetentionDays,
                    "Set BACKUP_RETENTION_DAYS to a number of days.");
        }
        if (config != null && config.toString().isBlank()) {
            config = null;
        }
        if (nodeName == null || nodeName.isBlank()) {
            nodeName = hostName();
        }
    }

    public LeaseTimes lease() {
        return new LeaseTimes(operationsLease);
    }

    public Duration retention() {
        return Duration.ofDays(backupRetentionDays);
    }

    /// [#nodeName], which is never null once these settings are made.
    public String node() {
        return nodeName == null ? hostName() : nodeName;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "this machine has no host name",
                    "Set WALKBACK_NODE_NAME to a name that no other process of Walkback has.",
                    nameless);
        }
    }
}
