package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.KillPoint;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.Decision;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.expiry.ExpiryReport.Fate;
import io.walkback.repository.expiry.ExpiryReport.Outcome;
import io.walkback.repository.expiry.Survey.Committed;
import io.walkback.repository.manifest.BackupSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Carries out what retention decided for one database, in all its lineages. Stateless but for its repository; of
/// two at once on one database the log lets one hold the claim.
public final class RepositoryExpiry {
    private final Repository repository;
    private final DatabaseId database;

    public RepositoryExpiry(Repository repository, DatabaseId database) {
        this.repository = repository;
        this.database = database;
    }

    /// What the repository has of the database, and what time its store says it is. Stores and deletes one empty
    /// object.
    public Survey survey() {
        return Survey.of(
                repository.store(),
                repository.systems(database).stream()
                        .flatMap(system -> repository.find(database, system).stream())
                        .toList());
    }

    /// What [#execute] would do now. Deletes nothing.
    public ExpiryReport preview(RetentionPlan plan, Collection<Candidate> backups, Survey survey) {
        survey.requireAgreement(backups);
        Map<BackupId, Fate> fates = new LinkedHashMap<>();
        Tally manifests = Tally.NOTHING;
        for (Decision decision : plan.expired()) {
            Optional<Committed> found = survey.find(decision.backup());
            if (found.isPresent()) {
                manifests = manifests.plus(found.get().summary().manifestSize());
                fates.put(decision.backup(), new Fate(decision.backup(), Outcome.WOULD_GO, decision.why()));
            }
        }
        try {
            return sweep(plan, backups, survey, fates.keySet(), new Counting())
                    .with(List.copyOf(fates.values()), manifests);
        } catch (InterruptedException impossible) {
            throw new IllegalStateException("counting waits for nothing", impossible);
        }
    }

    /// Does it. Whatever it throws, doing it again goes on where it ended.
    ///
    /// @param plan what was decided from `backups` and `survey`
    public ExpiryReport execute(RetentionPlan plan, Collection<Candidate> backups, Survey survey, ExpiryLog log)
            throws InterruptedException {
        survey.requireAgreement(backups);
        Set<BackupId> marked = backups.stream()
                .filter(backup -> backup.stage() == Stage.EXPIRING)
                .map(Candidate::id)
                .collect(Collectors.toUnmodifiableSet());
        List<Fate> fates = new ArrayList<>();
        Tally manifests = Tally.NOTHING;
        for (Decision decision : plan.expired()) {
            Optional<Committed> found = survey.find(decision.backup());
            if (found.isPresent() || marked.contains(decision.backup())) {
                log.requireHeld();
                Outcome outcome = remove(decision, found, log);
                fates.add(new Fate(decision.backup(), outcome, decision.why()));
                if (outcome == Outcome.REMOVED && found.isPresent()) {
                    manifests = manifests.plus(found.get().summary().manifestSize());
                }
            }
        }
        return sweep(plan, backups, survey, Set.of(), new StoreDeleter(repository.store(), log, true))
                .with(fates, manifests);
    }

    /// @param found empty: an earlier run was cut off after it had deleted the manifest
    private Outcome remove(Decision decision, Optional<Committed> found, ExpiryLog log) throws InterruptedException {
        if (log.mark(decision.backup()) == ExpiryLog.Mark.NEEDED) {
            return Outcome.NEEDED;
        }
        KillPoint.at(KillPoint.EXPIRY_MARKED);
        if (found.isPresent()) {
            BackupSummary judged = found.get().summary();
            found.get().lineage().findBackup(decision.backup()).ifPresent(now -> Survey.requireSame(judged, now));
            if (!new StoreDeleter(repository.store(), log, true).delete(judged.manifest())) {
                return Outcome.RETAINED;
            }
            KillPoint.at(KillPoint.EXPIRY_MANIFEST_DELETED);
        }
        log.expired(decision.backup(), decision.why());
        KillPoint.at(KillPoint.EXPIRY_RECORDED);
        return Outcome.REMOVED;
    }

    private static ExpiryReport sweep(
            RetentionPlan plan,
            Collection<Candidate> backups,
            Survey survey,
            Set<BackupId> passedOver,
            Sweep.Deleter deleter)
            throws InterruptedException {
        Instant before = Margins.sweepBefore(backups, survey.storeNow());
        ExpiryReport report = ExpiryReport.NOTHING;
        for (LineageRepository lineage : survey.lineages()) {
            Manifests manifests = new Manifests(List.of(lineage), plan, passedOver);
            manifests.refresh();
            Sweep sweep = new Sweep(lineage, plan, manifests, before, deleter);
            report = report.plus(sweep.packs(), sweep.digests(), sweep.wal(), sweep);
        }
        return report;
    }

    private record Counting() implements Sweep.Deleter {
        @Override
        public void begin() {}

        @Override
        public void walGoes(SystemIdentifier system, TimelineId timeline, Lsn from, Lsn to) {}

        @Override
        public boolean delete(BlobKey key) {
            return true;
        }
    }
}
