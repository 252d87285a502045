package io.walkback.repository.copy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.verify.Closure;
import io.walkback.repository.verify.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// Copies databases from an opened repository into another place. Can be stopped and run again at any time; a run
/// that has nothing to do asks the target for each object's size and writes nothing.
///
/// Memory: four objects under way, one closure, 40 bytes for each pack that a lineage has, and 100 for each backup.
public final class RepositoryCopy {
    /// Objects under way at a time.
    private static final int LANES = 4;

    private final Repository source;
    private final BlobStore target;
    private final ObjectCopier objects;
    private final Consumer<String> progress;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<BackupId> backups = new HashSet<>();
    private Instant since = Instant.EPOCH;
    private Instant newest = Instant.EPOCH;

    /// @param progress gets a line for each backup
    public RepositoryCopy(Repository source, BlobStore target, Consumer<String> progress) {
        this.source = source;
        this.target = target;
        this.objects = new ObjectCopier(source.store(), target);
        this.progress = progress;
    }

    /// Copies these databases, every lineage of each.
    ///
    /// A target that is another repository already is [OperatorActionException] `STORE_LAYOUT`. Damage in the
    /// source keeps the backup that needs it out of the copy and is reported; failures of a store are thrown.
    public CopyReport run(List<DatabaseId> databases) {
        return run(databases, Instant.EPOCH);
    }

    /// Copies what these databases have stored since an instant of the source's own clock. Everything older must be
    /// in the target already, it is not asked for it.
    CopyReport run(List<DatabaseId> databases, Instant stored) {
        since = stored;
        requireOther();
        copyRoot();
        try (Lanes lanes = new Lanes(LANES)) {
            for (DatabaseId database : databases) {
                copyAll(lanes, new BlobPrefix(database + "/lineages/"));
                for (SystemIdentifier system : source.systems(database)) {
                    source.find(database, system).ifPresent(lineage -> copy(lanes, lineage));
                }
            }
        }
        return new CopyReport(backups, objects.copied(), objects.bytes(), objects.present(), newest, findings);
    }

    private void requireOther() {
        if (source.store().location().equals(target.location())) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID,
                    "'" + target.location() + "' is to be copied to itself",
                    "Give another place for the copy.");
        }
    }

    /// The root descriptor comes first: from then on nobody can make another repository in this place.
    private void copyRoot() {
        byte[] root = BlobReads.all(source.store(), Repository.ROOT, ObjectHeader.LONGEST);
        target.putIfAbsent(Repository.ROOT, root);
        if (!Arrays.equals(root, BlobReads.all(target, Repository.ROOT, ObjectHeader.LONGEST))) {
            throw new OperatorActionException(
                    FailureCode.STORE_LAYOUT,
                    "'" + target.location() + "' holds another repository",
                    "A copy needs an empty place, or one that holds an earlier copy of the same repository.");
        }
        try (Lanes lanes = new Lanes(LANES)) {
            copyAll(lanes, new BlobPrefix("keys/"));
        }
    }

    private void copy(Lanes lanes, LineageRepository repository) {
        Lineage lineage = repository.lineage();
        copyAll(lanes, BlobPrefix.below(lineage.root().child("keys")));
        copyAll(lanes, lineage.histories());
        copyAll(lanes, BlobPrefix.below(lineage.root().child("wal")));
        Set<PackId> seen = new HashSet<>();
        for (BackupId backup : backups(lineage)) {
            try {
                copyBackup(lanes, repository, backup, seen);
                backups.add(backup);
                progress.accept("copied " + lineage.database() + "/" + backup);
            } catch (CorruptDataException damage) {
                found(lineage, backup, damage);
            }
        }
    }

    /// The backups whose manifests are recent enough, in the order of their names.
    private List<BackupId> backups(Lineage lineage) {
        List<BackupId> recent = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = source.store().list(lineage.backups())) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (isRecent(entry)) {
                    lineage.backupOf(entry.key()).ifPresent(recent::add);
                }
            }
        }
        recent.sort(null);
        return recent;
    }

    private boolean isRecent(BlobEntry entry) {
        newest = entry.storedAt().isAfter(newest) ? entry.storedAt() : newest;
        return !entry.storedAt().isBefore(since);
    }

    private void copyBackup(Lanes lanes, LineageRepository repository, BackupId backup, Set<PackId> seen) {
        Lineage lineage = repository.lineage();
        Closure closure = repository.closure(backup);
        closure.wrappedKeys().forEach(key -> lanes.submit(() -> objects.copy(key.key(), key.size())));
        try {
            closure.packs().stream()
                    .filter(pack -> !seen.contains(pack.id()))
                    .forEach(pack -> lanes.submit(() -> copyPack(lineage, pack)));
        } finally {
            lanes.drain();
        }
        closure.packs().forEach(pack -> seen.add(pack.id()));
        objects.copy(closure.manifest(), closure.manifestSize());
    }

    /// Page digests that the source has lost cost the next backup there some bytes, and no copy.
    private void copyPack(Lineage lineage, PackEntry pack) {
        OptionalLong digests =
                pack.pageDigests() ? source.store().size(lineage.pageDigests(pack.id())) : OptionalLong.empty();
        digests.ifPresent(size -> objects.copy(lineage.pageDigests(pack.id()), size));
        objects.copy(lineage.pack(pack.id()), pack.size());
    }

    /// A backup that was there when backups were listed, and is gone now, has expired: nothing was lost.
    private void found(Lineage lineage, BackupId backup, CorruptDataException damage) {
        if (source.store().size(lineage.manifest(backup)).isPresent()) {
            Finding.Type type =
                    damage.code() == FailureCode.OBJECT_MISSING ? Finding.Type.MISSING : Finding.Type.DAMAGED;
            findings.add(new Finding(type, lineage.manifest(backup), damage.text()));
        }
    }

    /// Copies what is below a prefix. Objects that go away meanwhile have expired; WAL that is still to come is
    /// for the next run.
    private void copyAll(Lanes lanes, BlobPrefix prefix) {
        try (BlobListing<BlobEntry> listing = source.store().list(prefix)) {
            while (listing.hasNext()) {
                BlobEntry entry = listing.next();
                if (isRecent(entry)) {
                    lanes.submit(() -> copyUnlessGone(entry.key(), entry.size()));
                }
            }
        } finally {
            lanes.drain();
        }
    }

    private void copyUnlessGone(BlobKey key, long size) {
        try {
            objects.copy(key, size);
        } catch (CorruptDataException damage) {
            if (source.store().size(key).isPresent()) {
                throw damage;
            }
        }
    }
}
