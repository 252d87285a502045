package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.layout.Lineage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Finds packs that no manifest names, and page digests beside them or beside nothing: what killed attempts left
/// behind, and what expired backups no longer hold.
///
/// A pack younger than the margin may belong to a backup that is still running, and is left out; so the margin is
/// longer than the longest backup. The packs are listed before the manifests are read, so that a backup committed
/// meanwhile counts: its packs were there earlier, or are too young. Only lists; nothing is deleted.
public final class OrphanScan {
    private final Lineage lineage;

    public OrphanScan(Lineage lineage) {
        this.lineage = lineage;
    }

    /// Hands over every orphan. Holds the keys of candidates and closures, some 200 bytes a pack.
    ///
    /// @param backups every committed backup, asked for after the packs were listed
    public void scan(Duration margin, Supplier<List<BackupId>> backups, Consumer<BlobEntry> orphans) {
        Instant floor = lineage.clock().instant().minus(margin);
        Set<BlobEntry> candidates = new HashSet<>();
        list(lineage.pageDigests(), floor, candidates);
        list(lineage.packs(), floor, candidates);
        Set<String> named = new HashSet<>();
        for (BackupId backup : backups.get()) {
            Closure.of(lineage, backup).keys(lineage).forEach(key -> named.add(key.value()));
        }
        candidates.stream()
                .filter(entry -> !named.contains(entry.key().value()))
                .forEach(orphans);
    }

    private void list(BlobPrefix prefix, Instant floor, Set<BlobEntry> candidates) {
        try (BlobListing<BlobEntry> listing = lineage.store().list(prefix)) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (entry.storedAt().isBefore(floor)) {
                    candidates.add(entry);
                }
            }
        }
    }
}
