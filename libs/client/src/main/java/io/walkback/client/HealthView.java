package io.walkback.client;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The health of backups as a whole.
///
/// @param status  `ok` or `error`
/// @param details by indicator; ours is `backup`
public record HealthView(String status, Map<String, Backup> details) {
    public HealthView {
        details = Map.copyOf(details);
    }

    /// @param status        `up` or `down`
    /// @param lastBackupAge whole minutes
    /// @param totalSize     as text, `629.15 MB`
    public record Backup(
            String status,
            long totalBackups,
            @Nullable Instant lastBackupTime,
            @Nullable Long lastBackupAge,
            long failedBackupsLast24h,
            @Nullable String totalSize) {}

    public boolean ok() {
        return status.equals("ok");
    }
}
