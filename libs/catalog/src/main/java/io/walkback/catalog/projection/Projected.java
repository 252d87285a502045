package io.walkback.catalog.projection;

import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.Event;
import io.walkback.domain.operation.Operation;
import java.util.List;

/// What one record of the log means to the world.
///
/// @param operation the operation as it is now, for `operations`
/// @param backups   backups that look different now, for `backup-catalog`
/// @param facts     what happened, each for the topic of its own name
public record Projected(Operation operation, List<BackupCatalogEntry> backups, List<Event> facts) {
    public Projected {
        backups = List.copyOf(backups);
        facts = List.copyOf(facts);
    }
}
