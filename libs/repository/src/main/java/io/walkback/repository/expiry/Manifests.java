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

/// What the manifests of a lineage hold. Each is read once; those that appear later are added, and nothing is ever
/// taken away, so that a doubt keeps what it is about. Any manifest that cannot be read ends the sweep. For one
/// thread.
final class Manifests {
    private final LineageRepository lineage;
    private final RetentionPlan plan;
    private final Set<BackupId> passedOver;
    private final Set<BackupId> read = new HashSet<>();
    private final PackSet packs = new PackSet();
    private final List<WalNeed> needs = new ArrayList<>();

    /// @param passedOver manifests that count as gone: of a preview only
    Manifests(LineageRepository lineage, RetentionPlan plan, Set<BackupId> passedOver) {
        this.lineage = lineage;
        this.plan = plan;
        this.passedOver = Set.copyOf(passedOver);
    }

    /// Lists, and reads what is new.
    void refresh() {
        for (BackupId backup : lineage.backups()) {
            if (!passedOver.contains(backup) && read.add(backup)) {
                for (PackEntry pack : new ManifestReader(lineage.lineage(), backup).packs()) {
                    packs.add(pack.id());
                }
                // Not judged, not complete then, or needed by something that the log heard of after the decision.
                if (plan.walNeeds().stream().noneMatch(need -> need.backup().equals(backup))) {
                    need(backup);
                }
            }
        }
    }

    boolean holds(PackId pack) {
        return packs.contains(pack);
    }

    /// WAL that backups need of which the plan did not know that they do.
    List<WalNeed> needs() {
        return needs;
    }

    private void need(BackupId backup) {
        BackupSummary summary = lineage.findBackup(backup).orElseThrow();
        if (summary.facts().isLogical()) {
            return;
        }
        WalSpan wal = summary.facts().wal();
        needs.add(new WalNeed(lineage.lineage().system(), wal.startTimeline(), wal.start(), null, backup));
    }
}
