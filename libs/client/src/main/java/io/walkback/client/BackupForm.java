package io.walkback.client;

import org.jspecify.annotations.Nullable;

/// Asks for a backup.
///
/// @param type     null: `physical`
/// @param backupId null: made up by the service; the same id again is the same backup
public record BackupForm(
        String database, @Nullable String type, @Nullable String backupId) {
    public static BackupForm of(String database) {
        return new BackupForm(database, null, null);
    }
}
