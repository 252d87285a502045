package io.walkback.repository;

import io.walkback.domain.BackupId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.backup.WalLocks;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestReader;
import io.walkback.repository.verify.BackupVerifier;
import io.walkback.repository.verify.Closure;
import io.walkback.repository.wal.WalArchive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// One database's lineage in a repository: its backups and its WAL. Thread-safe, closes nothing.
public final class LineageRepository {
    private final Lineage lineage;
    private final WalArchive wal;

    LineageRepository(Lineage lineage) {
        this.lineage = lineage;
        this.wal = new WalArchive(lineage);
    }

    /// The same lineage, and everything that is written through it is locked. `NOT_SUPPORTED` where the store
    /// cannot, or does not say that it can: it is asked now.
    public LineageRepository locking(BlobLock lock) {
        return new LineageRepository(lineage.locking(lock));
    }

    /// Locks WAL that a committed backup needs, the histories of timelines, and the keys of both, for as long as
    /// the backup's manifest is locked; a lock that ends later stays. Does nothing where nothing is locked.
    ///
    /// @param segments that are there
    public void lockWal(BackupId backup, List<WalSegment> segments) {
        WalLocks.extend(lineage, backup, segments);
    }

    public Lineage lineage() {
        return lineage;
    }

    public WalArchive wal() {
        return wal;
    }

    /// Starts writing a backup. See [BackupWriter].
    public BackupWriter newBackup(
            BackupId backup,
            UUID attempt,
            Optional<BackupId> previous,
            Set<PackId> distrusted,
            BackupSettings settings) {
        return new BackupWriter(lineage, backup, attempt, previous, distrusted, settings);
    }

    /// Opens a backup for reading, its manifest checked whole.
    public BackupReader openBackup(BackupId backup) {
        return new BackupReader(lineage, backup);
    }

    /// A committed backup's summary; empty only when the store said that it has no manifest.
    public Optional<BackupSummary> findBackup(BackupId backup) {
        return lineage.store().size(lineage.manifest(backup)).isEmpty()
                ? Optional.empty()
                : Optional.of(new ManifestReader(lineage, backup).summary());
    }

    /// The ids of all committed backups, in no order; each is opened by whoever wants more. Lists two objects a
    /// backup at most.
    public List<BackupId> backups() {
        List<BackupId> backups = new ArrayList<>();
        try (BlobListing<BlobEntry> listing = lineage.store().list(lineage.backups())) {
            while (listing.hasNext()) {
                lineage.backupOf(listing.next().key()).ifPresent(backups::add);
            }
        }
        backups.sort(null);
        return backups;
    }

    /// Everything that must exist for a backup: its manifest and every pack that it names.
    public Closure closure(BackupId backup) {
        return Closure.of(lineage, backup);
    }

    public BackupVerifier verifier() {
        return new BackupVerifier(lineage);
    }
}
