package io.walkback.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A page of a catalog's rebuild.
///
/// @param repository where the services keep their backups
/// @param databases  what the repository has; told with the first page
/// @param next       null: this was the last page
public record CatalogRebuildView(
        String repository,
        boolean dryRun,
        List<Database> databases,
        List<Backup> items,
        @Nullable String next) {
    public CatalogRebuildView {
        databases = List.copyOf(databases);
        items = List.copyOf(items);
    }

    /// @param systemIdentifiers the clusters that the name has stood for, oldest first
    /// @param registered        whether the inventory knows how to reach it
    public record Database(String name, List<String> systemIdentifiers, boolean registered) {}

    /// @param backupId null where the backups of a database could not even be listed
    /// @param outcome  `RESTORED`, `KNOWN` or `UNREADABLE`
    /// @param reason   why; with the first two, in which state it is
    public record Backup(String database, @Nullable String backupId, String outcome, String reason) {}
}
