package io.walkback.repository.backup;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Locks what a backup builds on for as long as its manifest will be locked, before that is committed: a manifest
/// that is locked longer than its packs or keys could outlive them (pitfall 62). In a store that locks nothing it
/// does nothing.
final class ClosureLocks {
    private static final Logger LOG = LoggerFactory.getLogger(ClosureLocks.class);

    private final Lineage lineage;
    private final UUID attempt;
    private final BlobLocks locks;
    private final Instant until;

    private ClosureLocks(Lineage lineage, UUID attempt, BlobLocks locks) {
        this.lineage = lineage;
        this.attempt = attempt;
        this.locks = locks;
        this.until = locks.retainUntil();
    }

    static void extend(Lineage lineage, UUID attempt, List<PackEntry> packs) {
        lineage.store().locks().ifPresent(locks -> new ClosureLocks(lineage, attempt, locks).extend(packs));
    }

    /// Locks a committed manifest as long as it promises itself: the lock of a long one that was put in parts is as
    /// old as its first part.
    static void confirm(Lineage lineage, BackupSummary committed) {
        lineage.store().locks().ifPresent(locks -> committed
                .lock()
                .ifPresent(promised -> locks.extendRetention(committed.manifest(), promised.until())));
    }

    private void extend(List<PackEntry> packs) {
        try (Extensions extensions = new Extensions()) {
            Set<UUID> attempts = new LinkedHashSet<>();
            attempts.add(attempt);
            for (PackEntry pack : packs) {
                attempts.add(pack.id().attempt());
                Instant end = pack.id().attempt().equals(attempt) ? until.minus(Extensions.SLACK) : until;
                extensions.add(() -> locks.extendRetention(lineage.pack(pack.id()), end));
                if (pack.pageDigests()) {
                    extensions.add(() -> extendPageDigests(pack, end));
                }
            }
            for (BlobKey shared : shared(attempts)) {
                extensions.add(() -> locks.extendRetention(shared, until));
            }
            extensions.finish();
        }
    }

    /// Page digests that are lost make no backup fail: no restore needs them.
    private void extendPageDigests(PackEntry pack, Instant end) {
        try {
            locks.extendRetention(lineage.pageDigests(pack.id()), end);
        } catch (CorruptDataException missing) {
            if (missing.code() != FailureCode.OBJECT_MISSING) {
                throw missing;
            }
            LOG.atWarn()
                    .addKeyValue("packId", pack.id())
                    .addKeyValue("failureCode", missing.code())
                    .log("page digests are missing and were not locked");
        }
    }

    /// Descriptors, and the wrappers of every key that something in the closure is sealed with.
    private List<BlobKey> shared(Set<UUID> attempts) {
        List<BlobKey> keys = new ArrayList<>(List.of(Repository.ROOT));
        BlobPrefix descriptors = new BlobPrefix(lineage.database() + "/lineages/");
        try (BlobListing<BlobEntry> listing = lineage.store().list(descriptors)) {
            listing.forEachRemaining(entry -> keys.add(entry.key()));
        }
        if (lineage.vault().isPresent()) {
            KeyVault vault = lineage.vault().get();
            List<KeyPlace> places = new ArrayList<>(List.of(KeyPlace.naming()));
            attempts.forEach(each -> places.add(lineage.key(each)));
            places.forEach(
                    place -> vault.wrappers(place).stream().map(BlobEntry::key).forEach(keys::add));
        }
        return keys;
    }
}
