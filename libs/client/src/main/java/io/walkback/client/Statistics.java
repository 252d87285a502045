package io.walkback.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Figures about backups, of everything and of each database.
///
/// @param lastBackupStatus `completed` or `failed`, of the one that ended last
/// @param totalSize        stored bytes of completed backups
/// @param successRate30d   0 to 1, null when none ended
public record Statistics(
        long totalBackups,
        @Nullable Instant lastBackupTime,
        @Nullable String lastBackupStatus,
        long totalSize,
        @Nullable Instant oldestBackup,
        long failedBackupsLast24h,
        @Nullable Double successRate30d,
        List<OfDatabase> databases) {
    public Statistics {
        databases = List.copyOf(databases);
    }

    /// The same of one database.
    public record OfDatabase(
            String database,
            long totalBackups,
            @Nullable Instant lastBackupTime,
            @Nullable String lastBackupStatus,
            long totalSize,
            @Nullable Instant oldestBackup,
            long failedBackupsLast24h,
            @Nullable Double successRate30d) {}
}
