package io.walkback.scheduler.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.repository.Repository;
import io.walkback.repository.expiry.CopyExpiry;
import io.walkback.repository.expiry.ExpiryLog;
import io.walkback.repository.expiry.ExpiryReport;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of an expiry that is about the second place, after the first: what the log says to be gone goes there
/// too, a day later. What cannot be done there ends no expiry; it is told, and the next one tries again.
final class ExpiryInCopy {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryInCopy.class);

    private final SecondPlace second;
    private final State state;
    private final Clock clock;

    ExpiryInCopy(SecondPlace second, State state, Clock clock) {
        this.second = second;
        this.state = state;
        this.clock = clock;
    }

    /// What was deleted there; empty where there is no second place, and where it could not be done.
    ///
    /// @param decided for the first place, in this attempt
    Optional<ExpiryReport> run(DatabaseId database, Retentions.Decided decided, ExpiryLog log)
            throws InterruptedException {
        try {
            Optional<Repository> opened = second.open();
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            try (Repository copy = opened.get()) {
                return Optional.of(new CopyExpiry(copy, database)
                        .execute(decided.plan(), decided.backups(), decided.survey(), gone(database), log));
            }
        } catch (PlatformException fault) {
            // An expiry that has lost its claim ends here.
            log.requireHeld();
            tell(database, fault);
            return Optional.empty();
        }
    }

    private static void tell(DatabaseId database, PlatformException fault) {
        boolean denied = fault.code() == FailureCode.STORE_ACCESS;
        LOG.atWarn()
                .setCause(denied ? null : fault)
                .addKeyValue("databaseId", database)
                .addKeyValue("failureCode", fault.code())
                .log(
                        denied
                                ? "what has expired stays in the copy, scheduler-service may not delete there: {}"
                                : "what has expired stays in the copy until the next expiry: {}",
                        fault.text());
    }

    /// What the log has said to be gone for long enough, each with since when.
    private Map<BackupId, Instant> gone(DatabaseId database) {
        Instant before = clock.instant().minus(CopyExpiry.GRACE);
        return state.backupsOf(database)
                .filter(entry -> entry.status() == BackupStatus.EXPIRED
                        && !entry.header().occurredAt().isAfter(before))
                .collect(Collectors.toUnmodifiableMap(
                        BackupCatalogEntry::backupId, entry -> entry.header().occurredAt()));
    }
}
