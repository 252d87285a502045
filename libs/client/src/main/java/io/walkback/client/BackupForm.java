package io.walkback.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for a backup.
///
/// @param type     `physical` or `logical`; null: `physical`
/// @param dbnames  of a logical backup: what to dump; null: everything
/// @param backupId null: made up by the service; the same id again is the same backup
public record BackupForm(
        String database,
        @Nullable String type,
        @Nullable List<String> dbnames,
        @Nullable String backupId) {
    public static BackupForm of(String database) {
        return new BackupForm(database, null, null, null);
    }
}
