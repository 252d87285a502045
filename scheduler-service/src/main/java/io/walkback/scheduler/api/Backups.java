package io.walkback.scheduler.api;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.retention.Retention;
import io.walkback.scheduler.expiry.Candidates;
import io.walkback.scheduler.state.State;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Finds backups by the name that a person gives.
@Component
class Backups {
    private final State state;

    Backups(State state) {
        this.state = state;
    }

    /// As it is shown, with what the policy in force makes of it: the earliest moment at which time alone lets it
    /// go, and how many copies of it there are to be.
    BackupJson json(BackupCatalogEntry entry) {
        DatabaseId database = entry.header().database();
        Instant stopped = entry.completedAt();
        Instant expiresAt = entry.status() != BackupStatus.COMPLETED || stopped == null
                ? null
                : state.database(database)
                        .map(registration -> Retention.earliestExpiry(
                                registration.policy().retentionPolicy(),
                                stopped,
                                Candidates.holds(state, database, entry.backupId())))
                        .orElse(null);
        int wanted = state.database(database)
                .map(registration -> registration.policy().copies())
                .orElse(1);
        return BackupJson.of(entry, expiresAt, wanted);
    }

    /// @param database null where the id is to say it all
    BackupCatalogEntry require(BackupId id, @Nullable DatabaseId database) {
        List<BackupCatalogEntry> found = state.backups(id).stream()
                .filter(entry -> database == null || entry.header().database().equals(database))
                .toList();
        if (found.isEmpty()) {
            throw Refused.of(
                    HttpStatus.NOT_FOUND,
                    FailureCode.BACKUP_UNKNOWN,
                    "no backup '" + id + "'" + (database == null ? "" : " of database '" + database + "'"),
                    "GET /api/backup/list shows what there is.");
        }
        if (found.size() > 1) {
            throw Refused.of(
                    HttpStatus.CONFLICT,
                    FailureCode.REQUEST_CONFLICT,
                    found.size() + " databases have a backup '" + id + "'",
                    "Say which with 'database'.");
        }
        return found.getFirst();
    }
}
