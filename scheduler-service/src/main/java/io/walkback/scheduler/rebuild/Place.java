package io.walkback.scheduler.rebuild;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import org.jspecify.annotations.Nullable;

/// Where a page of a rebuild ended: databases by name, their lineages from the oldest, backups by id.
record Place(DatabaseId database, int lineage, BackupId backup) implements Comparable<Place> {
    /// What [#toString] printed. Throws [IllegalArgumentException] for anything else.
    static @Nullable Place parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("a page begins after database/lineage/backup");
        }
        return new Place(new DatabaseId(parts[0]), Integer.parseInt(parts[1]), new BackupId(parts[2]));
    }

    @Override
    public int compareTo(Place other) {
        int byDatabase = database.compareTo(other.database);
        int byLineage = byDatabase != 0 ? byDatabase : Integer.compare(lineage, other.lineage);
        return byLineage != 0 ? byLineage : backup.compareTo(other.backup);
    }

    @Override
    public String toString() {
        return database + "/" + lineage + "/" + backup;
    }
}
