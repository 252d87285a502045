package io.walkback.repository.verify;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.manifest.PromisedLock;
import io.walkback.repository.pack.PackEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks for locks that are missing or shorter than promised. A manifest says until when itself and what it names
/// were to be locked when it was committed ([PromisedLock]), whoever asked for that, policy or address; one that
/// says nothing was promised nothing, whatever is asked for since. Asks for each object. Memory: some 100 bytes for
/// each pack that is asked for.
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

    private record Promise(BackupSummary backup, PromisedLock lock) {}

    /// @param backups every committed backup
    public TamperScan.Result scan(List<BackupId> backups) {
        Instant now = lineage.clock().instant();
        List<Promise> promises = new ArrayList<>();
        for (BackupId backup : backups) {
            whereItCanBeRead(() -> {
                BackupSummary summary = new ManifestReader(lineage, backup).summary();
                summary.lock()
                        .filter(lock -> lock.until().isAfter(now))
                        .ifPresent(lock -> promises.add(new Promise(summary, lock)));
            });
        }
        if (!promises.isEmpty()) {
            // The longest first, so that each pack is asked for once.
            promises.sort(
                    Comparator.comparing((Promise promise) -> promise.lock().until())
                            .reversed());
            compare(promises);
        }
        return new TamperScan.Result(count, suspects);
    }

    private void compare(List<Promise> promises) {
        Optional<BlobLocks> own = lineage.store().locks();
        if (own.isPresent()) {
            compare(promises, own.get());
            return;
        }
        // A store that locks nothing by itself is asked through a view, through which nothing is written.
        BlobLock like = new BlobLock(promises.getFirst().lock().mode(), Duration.ofDays(1));
        try (BlobStore view = lineage.store().locking(like)) {
            compare(promises, view.locks().orElseThrow());
        } catch (OperatorActionException refused) {
            if (refused.code() != FailureCode.NOT_SUPPORTED) {
                throw refused;
            }
            promises.forEach(promise ->
                    suspect(promise.backup().manifest(), "no lock can be asked for: " + refused.text(), promise));
        }
    }

    private void compare(List<Promise> promises, BlobLocks locks) {
        Set<PackId> seen = new HashSet<>();
        for (Promise promise : promises) {
            whereItCanBeRead(() -> compare(promise.backup().manifest(), promise, locks));
            whereItCanBeRead(() -> packs(locks, promise, seen));
        }
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

    private void packs(BlobLocks locks, Promise promise, Set<PackId> seen) {
        for (PackEntry pack : new ManifestReader(lineage, promise.backup().id()).packs()) {
            if (share.has(pack.id()) && seen.add(pack.id())) {
                whereItCanBeRead(() -> compare(lineage.pack(pack.id()), promise, locks));
            }
        }
    }

    private void compare(BlobKey key, Promise promise, BlobLocks locks) {
        Optional<Instant> end = locks.retainedUntil(key);
        if (end.isEmpty() || end.get().isBefore(promise.lock().until().minus(SLACK))) {
            suspect(key, end.map(until -> "it is locked until " + until).orElse("it is not locked"), promise);
        }
    }

    private void suspect(BlobKey key, String what, Promise promise) {
        count++;
        if (suspects.size() < BackupVerifier.LISTED) {
            BackupId backup = promise.backup().id();
            suspects.add(new Suspect(
                    new Finding(
                            Finding.Type.UNLOCKED,
                            key,
                            what + ", and backup '" + backup + "' promises a lock of mode "
                                    + promise.lock().mode() + " until "
                                    + promise.lock().until()),
                    List.of(backup)));
        }
    }
}
