package io.walkback.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks for a restore into `directory` of `host`. At most one of the five target fields is set; none: latest.
///
/// @param database   this or `backupId`, or both
/// @param target     `latest` or `immediate`
/// @param targetTime RFC 3339 with its zone
/// @param timeline   null: that of the backup
/// @param host       node name of the restore-worker that has the directory
/// @param directory  absolute, empty or absent there, unless `delta`
/// @param noStart    files only, with the server's `backup_manifest`
/// @param delta      over the data directory of the stopped server that is there, without a way back
public record RestoreForm(
        @Nullable String database,
        @Nullable String backupId,
        @Nullable String target,
        @Nullable String targetTime,
        @Nullable String targetLsn,
        @Nullable String targetXid,
        @Nullable String targetName,
        @Nullable Long timeline,
        String host,
        String directory,
        Map<String, String> tablespaces,
        boolean noStart,
        boolean validateOnly,
        @Nullable String requestId,
        boolean delta) {
    public RestoreForm {
        tablespaces = Map.copyOf(tablespaces);
    }

    /// Everything there is, into `directory` of `host`.
    public static RestoreForm latest(String database, String host, String directory) {
        return new RestoreForm(
                database, null, "latest", null, null, null, null, null, host, directory, Map.of(), false, false, null,
                false);
    }

    /// The same restore, to a time with its zone.
    public RestoreForm toTime(String time) {
        return new RestoreForm(
                database,
                backupId,
                null,
                time,
                null,
                null,
                null,
                timeline,
                host,
                directory,
                tablespaces,
                noStart,
                validateOnly,
                requestId,
                delta);
    }
}
