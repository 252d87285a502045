package io.walkback.scheduler.trigger;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One run of a database's schedule.
record Occurrence(DatabaseId database, Instant scheduled) {
    private static final DateTimeFormatter COMPACT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// `shop-20261122T070000Z`: the id of the request, of the operation and of the backup, the same whoever
    /// computes it.
    BackupId id() {
        return new BackupId(database + "-" + COMPACT.format(scheduled));
    }
}
