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
/// @param directory  absolute, empty or absent there, unless `delta` or `inPlace`
/// @param noStart    files only, with the server's `backup_manifest`
/// @param validateOnly plan, look at the host, change nothing
/// @param delta      over the data directory of the stopped server that is there, without a way back
/// @param exclusive  end just before the target
/// @param planDigest of the plan that was shown; the restore is refused where its own differs
/// @param breakGlass why nobody else was asked
/// @param inPlace    in the place of the server that is there, which is set aside; null: not
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
        boolean delta,
        boolean exclusive,
        @Nullable String planDigest,
        @Nullable String breakGlass,
        @Nullable InPlace inPlace) {
    public RestoreForm {
        tablespaces = Map.copyOf(tablespaces);
    }

    /// Programs of the worker's hooks folder, by plain file name.
    public record InPlace(
            @Nullable String stopHook,
            @Nullable String startHook,
            @Nullable String verification) {}

    /// Everything there is, into `directory` of `host`.
    public static RestoreForm latest(String database, String host, String directory) {
        return new RestoreForm(
                database, null, "latest", null, null, null, null, null, host, directory, Map.of(), false, false, null,
                false, false, null, null, null);
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
                delta,
                exclusive,
                planDigest,
                breakGlass,
                inPlace);
    }
}
