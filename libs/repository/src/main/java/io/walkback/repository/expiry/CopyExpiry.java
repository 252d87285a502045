package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.expiry.ExpiryReport.Fate;
import io.walkback.repository.expiry.ExpiryReport.Outcome;
import io.walkback.repository.layout.Lineage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Takes out of a copy of one database what has expired, in the order that the original's expiry has: manifests,
/// then what nothing holds any more.
///
/// The log alone lets a manifest go, never that the original has none: whoever empties the original empties no
/// copy. A pack stays while a manifest of either place holds it, so that a backup on its way into the copy finds
/// there what it found before. Stateless but for its repository.
public final class CopyExpiry {
    /// How long what the log lets go stays in the copy. A copy of it that was under way when it went is over then,
    /// and a person has a day to see that a policy lets go too much.
    public static final Duration GRACE = Duration.ofDays(1);

    private final Repository copy;
    private final DatabaseId database;

    public CopyExpiry(Repository copy, DatabaseId database) {
        this.copy = copy;
        this.database = database;
    }

    /// Does it. Whatever it throws, doing it again goes on where it ended. `CATALOG_MISMATCH`, and nothing is
    /// deleted, unless the original has what the catalog says.
    ///
    /// @param plan     what was decided for the original, from `backups` and `original`
    /// @param original what that had when it was decided
    /// @param gone     what the log has said to be gone for [#GRACE], each with since when
    /// @param log      asked whether the claim still holds; nothing new is said in it
    public ExpiryReport execute(
            RetentionPlan plan,
            Collection<Candidate> backups,
            Survey original,
            Map<BackupId, Instant> gone,
            ExpiryLog log)
            throws InterruptedException {
        original.requireAgreement(backups);
        List<LineageRepository> lineages = copy.systems(database).stream()
                .distinct()
                .flatMap(system -> copy.find(database, system).stream())
                .toList();
        List<Fate> fates = new ArrayList<>();
        Tally manifests = Tally.NOTHING;
        for (LineageRepository lineage : lineages) {
            for (BackupId backup : lineage.backups()) {
                Instant since = gone.get(backup);
                // A name that is used again is another backup.
                if (since == null || original.find(backup).isPresent()) {
                    continue;
                }
                log.requireHeld();
                BlobKey manifest = lineage.lineage().manifest(backup);
                long size = copy.store().size(manifest).orElse(0);
                boolean removed = new StoreDeleter(copy.store(), log, false).delete(manifest);
                manifests = removed ? manifests.plus(size) : manifests;
                fates.add(new Fate(
                        backup, removed ? Outcome.REMOVED : Outcome.RETAINED, "gone from the original since " + since));
            }
        }
        return sweep(lineages, plan, original, Margins.sweepBefore(backups, original.storeNow()), log)
                .with(fates, manifests);
    }

    private ExpiryReport sweep(
            List<LineageRepository> lineages, RetentionPlan plan, Survey original, Instant before, ExpiryLog log)
            throws InterruptedException {
        ExpiryReport report = ExpiryReport.NOTHING;
        for (LineageRepository lineage : lineages) {
            Lineage like = lineage.lineage();
            List<LineageRepository> places = Stream.concat(
                            Stream.of(lineage),
                            original.lineages().stream()
                                    .filter(other -> other.lineage().system().equals(like.system())))
                    .toList();
            Manifests held = new Manifests(places, plan, Set.of());
            held.refresh();
            Sweep sweep = new Sweep(lineage, plan, held, before, new StoreDeleter(copy.store(), log, false));
            report = report.plus(sweep.packs(), sweep.digests(), sweep.wal(), sweep);
        }
        return report;
    }
}
