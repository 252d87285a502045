package io.walkback.scheduler.rebuild;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stretch of a rebuild.
///
/// @param repository where the manifests are
/// @param databases  what the repository has, told with the first page only
/// @param next       where the next page begins; null: this was the last
public record RebuildPage(
        String repository,
        List<Database> databases,
        List<Row> rows,
        @Nullable String next) {
    public RebuildPage {
        databases = List.copyOf(databases);
        rows = List.copyOf(rows);
    }

    /// What became of a backup.
    public enum Outcome {
        /// It was missing in the catalog, and is there now; in a dry run, it would be.
        RESTORED,
        /// The log or the catalog knows it; nothing was changed.
        KNOWN,
        /// It is in the repository and could not be taken up.
        UNREADABLE
    }

    /// @param systems    system identifiers that the name has had, oldest first; the last is current
    /// @param registered whether the inventory knows how to reach it
    public record Database(DatabaseId name, List<SystemIdentifier> systems, boolean registered) {
        public Database {
            systems = List.copyOf(systems);
        }
    }

    /// @param backup null where not even the database's backups could be listed
    /// @param reason why; with `RESTORED` and `KNOWN`, in which state
    public record Row(DatabaseId database, @Nullable BackupId backup, Outcome outcome, String reason) {}
}
