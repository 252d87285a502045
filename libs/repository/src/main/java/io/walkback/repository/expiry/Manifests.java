package io.walkback.repository.expiry;

import io.walkback.domain.BackupId;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.domain.retention.WalNeed;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupFacts.WalSpan;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What the manifests of a lineage hold, wherever there are some of it. Each is read once; those that appear later
/// are added, and nothing is ever taken away, so that a doubt keeps what it is about. Any manifest that cannot be
/// read ends the sweep. For one thread.
final class Manifests {
    private final List<LineageRepository> places;
    private final RetentionPlan plan;
    private final Set<BackupId> passedOver;
    private final Set<Read> read = new HashSet<>();
    private final PackSet packs = new PackSet();
    private final List<WalNeed> needs = new ArrayList<>();

    private record Read(LineageRepository place, BackupId backup) {}

    /// @param places     one lineage, in the repository and in a copy of it
    /// @param passedOver manifests that count as gone: of a preview only
    Manifests(List<LineageRepository> places, RetentionPlan plan, Set<BackupId> passedOver) {
        this.places = List.copyOf(places);
        this.plan = plan;
        this.passedOver = Set.copyOf(passedOver);
    }

    /// Lists, and reads what is new.
    void refresh() {
        for (LineageRepository place : places) {
            for (BackupId backup : place.backups()) {
                if (!passedOver.contains(backup) && read.add(new Read(place, backup))) {
                    read(place, backup);
                }
            }
        }
    }

    private void read(LineageRepository place, BackupId backup) {
        for (PackEntry pack : new ManifestReader(place.lineage(), backup).packs()) {
            packs.add(pack.id());
        }
        // Not judged, not complete then, or needed by something that the log heard of after the decision.
        if (plan.walNeeds().stream().noneMatch(need -> need.backup().equals(backup))) {
            need(place, backup);
        }
    }

    boolean holds(PackId pack) {
        return packs.contains(pack);
    }

    /// WAL that backups need of which the plan did not know that they do.
    List<WalNeed> needs() {
        return needs;
    }

    private void need(LineageRepository place, BackupId backup) {
        BackupSummary summary = place.findBackup(backup).orElseThrow();
        if (summary.facts().isLogical()) {
            return;
        }
        WalSpan wal = summary.facts().wal();
        needs.add(new WalNeed(place.lineage().system(), wal.startTimeline(), wal.start(), null, backup));
    }
}
