package io.walkback.backup.copy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import java.util.Set;

/// Who wants to know which backups have reached the second place.
interface Arrivals {
    /// The completed backups that are not known to be there. Asked before a round: all their WAL is in the
    /// repository then, so the round brings it along.
    Set<BackupId> awaited(DatabaseId database);

    /// One of them is whole in the second place, with its WAL.
    void arrived(DatabaseId database, BackupId backup);
}
