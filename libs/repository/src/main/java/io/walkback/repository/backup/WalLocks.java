package io.walkback.repository.backup;

import io.walkback.domain.BackupId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.wal.WalArchive;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Locks the WAL that makes a backup consistent as long as its manifest is locked, less [Extensions#SLACK]: it was
/// written while the backup ran, so its own lock may end days before that of the manifest, and without it the
/// backup restores nothing (P1, pitfall 62).
public final class WalLocks {
    private final Lineage lineage;
    private final BlobLocks locks;
    private final Instant until;
    private final Set<UUID> dataKeys = ConcurrentHashMap.newKeySet();

    private WalLocks(Lineage lineage, BlobLocks locks, Instant manifest) {
        this.lineage = lineage;
        this.locks = locks;
        // A legal hold has no end; what the lock itself gives is kept then.
        this.until = (manifest.equals(Instant.MAX) ? locks.retainUntil() : manifest).minus(Extensions.SLACK);
    }

    /// See [io.walkback.repository.LineageRepository#lockWal].
    public static void extend(Lineage lineage, BackupId backup, List<WalSegment> segments) {
        Optional<BlobLocks> locks = lineage.store().locks();
        locks.flatMap(each -> each.retainedUntil(lineage.manifest(backup)))
                .ifPresent(manifest -> new WalLocks(lineage, locks.orElseThrow(), manifest).extend(segments));
    }

    private void extend(List<WalSegment> segments) {
        WalArchive archive = new WalArchive(lineage);
        try (Extensions extensions = new Extensions()) {
            for (WalSegment segment : segments) {
                extensions.add(() -> {
                    archive.dataKey(segment).ifPresent(dataKeys::add);
                    locks.extendRetention(lineage.segment(segment), until);
                });
            }
            histories(archive).forEach(history -> extensions.add(() -> locks.extendRetention(history, until)));
            extensions.finish();
        }
        lineage.vault().ifPresent(vault -> {
            for (UUID dataKey : dataKeys) {
                vault.wrappers(lineage.key(dataKey)).forEach(wrapper -> locks.extendRetention(wrapper.key(), until));
            }
        });
    }

    private List<BlobKey> histories(WalArchive archive) {
        List<BlobKey> keys = new ArrayList<>();
        archive.histories().forEach(timeline -> {
            keys.add(lineage.history(timeline));
            archive.historyDataKey(timeline).ifPresent(dataKeys::add);
        });
        return keys;
    }
}
