package io.walkback.scheduler.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Retention;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.domain.retention.WalExtent;
import io.walkback.repository.Repository;
import io.walkback.repository.expiry.ExpiryReport;
import io.walkback.repository.expiry.RepositoryExpiry;
import io.walkback.repository.expiry.Survey;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decisions about a database as it is now, for people who want to see them before they happen. Thread-safe.
public final class Retentions {
    private final State state;
    private final RepositoryAccess repository;
    private final Clock clock;

    public Retentions(State state, RepositoryAccess repository, Clock clock) {
        this.state = state;
        this.repository = repository;
        this.clock = clock;
    }

    /// @param wal    what is stored
    /// @param report what would be deleted
    public record Preview(RetentionPlan plan, List<WalExtent> wal, ExpiryReport report) {
        public Preview {
            wal = List.copyOf(wal);
        }
    }

    /// What would become of everything under `policy`.
    public Preview preview(DatabaseId database, BackupPolicy policy) {
        try (Repository open = repository.open()) {
            RepositoryExpiry expiry = new RepositoryExpiry(open, database);
            Decided decided = decide(expiry, database, policy, List.of());
            return new Preview(
                    decided.plan(),
                    decided.survey().wal(),
                    expiry.preview(decided.plan(), decided.backups(), decided.survey()));
        }
    }

    /// One look at everything, and what follows from it.
    record Decided(RetentionPlan plan, List<Candidate> backups, Survey survey) {}

    Decided decide(RepositoryExpiry expiry, DatabaseId database, BackupPolicy policy, Collection<Operation> live) {
        // What completes while manifests are listed counts as it was before; what is new since then counts as it is.
        Map<BackupId, Candidate> known = new LinkedHashMap<>();
        Candidates.of(state, database, live).forEach(backup -> known.put(backup.id(), backup));
        Survey survey = expiry.survey();
        Candidates.of(state, database, live).forEach(backup -> known.putIfAbsent(backup.id(), backup));
        List<Candidate> backups = List.copyOf(known.values());
        RetentionPlan plan =
                Retention.decide(policy.retentionPolicy(), backups, survey.wal(), clock.instant(), survey.storeNow());
        return new Decided(plan, backups, survey);
    }
}
