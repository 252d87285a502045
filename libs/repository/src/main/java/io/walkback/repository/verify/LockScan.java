package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.pack.PackEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks for locks that are missing or shorter than promised. A manifest promises that what it names is locked as
/// long as itself, and is locked when it is written for as long as the store is set to. Asks for each object;
/// nothing where the store is not to lock anything. Memory: some 100 bytes for each pack that is asked for.
public final class LockScan {
    /// What a backup wrote itself may be locked a little shorter than its manifest, which is written last.
    private static final Duration SLACK = Duration.ofHours(2);

    private final Lineage lineage;
    private final Share share;
    private final List<Suspect> suspects = new ArrayList<>();
    private long count;

    /// @param share of the packs that are asked for; manifests all are
    public LockScan(Lineage lineage, Share share) {
        this.lineage = lineage;
        this.share = share;
    }

    private record Promise(BackupId backup, Instant until) {}

    /// @param backups every committed backup
    public TamperScan.Result scan(List<BackupId> backups) {
        Optional<BlobLocks> locks = lineage.store().locks();
        if (locks.isPresent()) {
            List<Promise> promises = new ArrayList<>();
            for (BackupId backup : backups) {
                whereItCanBeRead(() -> promise(locks.get(), backup).ifPresent(promises::add));
            }
            // The longest first, so that each pack is asked for once.
            promises.sort(Comparator.comparing(Promise::until).reversed());
            Set<PackId> seen = new HashSet<>();
            promises.forEach(promise -> whereItCanBeRead(() -> packs(locks.get(), promise, seen)));
        }
        return new TamperScan.Result(count, suspects);
    }

    /// What is damaged or missing is a finding of whoever verifies the backup.
    private static void whereItCanBeRead(Runnable step) {
        try {
            step.run();
        } catch (CorruptDataException unreadable) {
            if (unreadable.code() != FailureCode.OBJECT_MISSING && unreadable.code() != FailureCode.OBJECT_CORRUPT) {
                throw unreadable;
            }
        }
    }

    private Optional<Promise> promise(BlobLocks locks, BackupId backup) {
        BackupSummary summary = new ManifestReader(lineage, backup).summary();
        Instant now = lineage.clock().instant();
        Optional<Instant> end = locks.retainedUntil(summary.manifest());
        if (end.filter(until -> until.isAfter(now)).isPresent()) {
            return Optional.of(new Promise(backup, end.get()));
        }
        Instant promised = summary.createdAt().plus(Duration.between(now, locks.retainUntil()));
        if (promised.isAfter(now)) {
            suspect(summary.manifest(), end, promised, backup);
        }
        return Optional.empty();
    }

    private void packs(BlobLocks locks, Promise promise, Set<PackId> seen) {
        for (PackEntry pack : new ManifestReader(lineage, promise.backup()).packs()) {
            if (share.has(pack.id()) && seen.add(pack.id())) {
                whereItCanBeRead(() -> {
                    BlobKey key = lineage.pack(pack.id());
                    Optional<Instant> end = locks.retainedUntil(key);
                    if (end.isEmpty() || end.get().isBefore(promise.until().minus(SLACK))) {
                        suspect(key, end, promise.until(), promise.backup());
                    }
                });
            }
        }
    }

    private void suspect(BlobKey key, Optional<Instant> end, Instant promised, BackupId backup) {
        count++;
        if (suspects.size() < BackupVerifier.LISTED) {
            String is = end.map(until -> "it is locked until " + until).orElse("it is not locked");
            suspects.add(new Suspect(
                    new Finding(
                            Finding.Type.UNLOCKED,
                            key,
                            is + ", and backup '" + backup + "' promises a lock until " + promised),
                    List.of(backup)));
        }
    }
}
