package io.walkback.repository.layout;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// One cluster's part of a repository: its keys, and what its objects are bound to. Thread-safe, opens nothing.
public record Lineage(
        BlobStore store,
        UUID repositoryId,
        NamingKey namingKey,
        DatabaseId database,
        SystemIdentifier system,
        ClusterGeometry geometry,
        Clock clock) {
    public BlobKey root() {
        return new BlobKey(database + "/" + system);
    }

    public BlobPrefix backups() {
        return BlobPrefix.below(root().child("backups"));
    }

    public BlobKey manifest(BackupId backup) {
        return backups().child(backup + "/manifest");
    }

    public BlobPrefix packs() {
        return BlobPrefix.below(root().child("packs"));
    }

    public BlobKey pack(PackId pack) {
        return packs().child(pack.toString());
    }

    public BlobPrefix wal(TimelineId timeline) {
        return BlobPrefix.below(root().child("wal/" + hex(timeline)));
    }

    public BlobKey segment(WalSegment segment) {
        return wal(segment.timeline()).child(segment.fileName());
    }

    public BlobPrefix partials(WalSegment segment) {
        return BlobPrefix.below(wal(segment.timeline()).child(segment.fileName() + ".partial"));
    }

    public BlobKey partial(WalSegment segment, Lsn from, Lsn to) {
        return partials(segment).child(String.format(Locale.ROOT, "%016X-%016X", from.bytes(), to.bytes()));
    }

    public BlobPrefix histories() {
        return BlobPrefix.below(root().child("history"));
    }

    public BlobKey history(TimelineId timeline) {
        return histories().child(timeline.historyFileName());
    }

    /// The backup whose manifest has this key; empty for any other key.
    public Optional<BackupId> backupOf(BlobKey key) {
        String[] parts = key.value().split("/", -1);
        return parts.length == 5
                        && parts[4].equals("manifest")
                        && key.value().startsWith(backups().value())
                ? Optional.of(new BackupId(parts[3]))
                : Optional.empty();
    }

    private static String hex(TimelineId timeline) {
        return String.format(Locale.ROOT, "%08X", timeline.value());
    }

    /// Fails unless an object says that it was written for this lineage: an object moved in from elsewhere is
    /// damage.
    ///
    /// @param databaseField the header field that holds the database's name
    public void check(BlobKey key, ObjectHeader header, int databaseField) {
        Fields fields = header.fields();
        long foundSystem = fields.get(1).u64();
        String foundDatabase = fields.get(databaseField).text();
        if (foundSystem != system.value() || !foundDatabase.equals(database.value())) {
            throw Damage.corrupt(
                    key,
                    "it belongs to database '" + Text.printable(foundDatabase, 40) + "' with system "
                            + Long.toUnsignedString(foundSystem));
        }
        if (!header.repositoryId().equals(repositoryId)) {
            throw Damage.corrupt(key, "it was written into repository " + header.repositoryId());
        }
    }
}
