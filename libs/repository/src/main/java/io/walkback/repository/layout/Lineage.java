package io.walkback.repository.layout;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.Text;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.format.Damage;
import io.walkback.repository.format.Fields;
import io.walkback.repository.format.ObjectHeader;
import io.walkback.repository.format.ObjectKind;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import io.walkback.repository.seal.ObjectSeal;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// One cluster's part of a repository: the names of its objects, and what they are bound to. Thread-safe, opens
/// nothing.
///
/// @param vault the repository's keys; empty where it is not encrypted
public record Lineage(
        BlobStore store,
        UUID repositoryId,
        NamingKey namingKey,
        DatabaseId database,
        SystemIdentifier system,
        ClusterGeometry geometry,
        Clock clock,
        Optional<KeyVault> vault) {
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /// The same lineage, and everything that is written through it is locked. `NOT_SUPPORTED` where the store
    /// cannot.
    public Lineage locking(BlobLock lock) {
        BlobStore locking = store.locking(lock);
        return new Lineage(
                locking,
                repositoryId,
                namingKey,
                database,
                system,
                geometry,
                clock,
                vault.map(keys -> keys.in(locking)));
    }

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

    public BlobPrefix pageDigests() {
        return BlobPrefix.below(root().child("digests"));
    }

    /// Where the page digests of a pack are, if it has any.
    public BlobKey pageDigests(PackId pack) {
        return pageDigests().child(pack.toString());
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

    /// All wrapped keys of this lineage: a folder for each key.
    public BlobPrefix keys() {
        return BlobPrefix.below(root().child("keys"));
    }

    /// Whether a folder's name is that of a data key.
    public static boolean isKeyId(String name) {
        return KEY_ID.matcher(name).matches();
    }

    /// Where the wrappers of a data key of this lineage lie.
    public KeyPlace key(UUID dataKey) {
        return new KeyPlace(
                keys().child(dataKey.toString()),
                dataKey,
                Optional.of(new KeyPlace.Owner(system.value(), database.value())));
    }

    /// The id of the data key for WAL that is written now: one a process and UTC day. Zeros where nothing is
    /// sealed.
    public UUID dailyKey() {
        return vault.map(keys -> keys.daily(root(), this::key)).orElse(ObjectHeader.NO_KEY);
    }

    /// The same without waiting for the store, but for the first one: see [KeyVault#dailyAtOnce].
    public UUID dailyKeyAtOnce() {
        return vault.map(keys -> keys.dailyAtOnce(root(), this::key)).orElse(ObjectHeader.NO_KEY);
    }

    /// Begins a new object. When this returns, the wrapped key that the object will name is in the store and was
    /// read back; so no object can name a key that is not there.
    ///
    /// @param dataKey the data key's id, made if there is none; it does not count where nothing is sealed
    public NewObject begin(BlobKey key, ObjectKind kind, UUID dataKey, Fields.Builder fields) {
        UUID objectId = UUID.randomUUID();
        if (vault.isEmpty()) {
            byte[] header = ObjectHeader.encode(kind, repositoryId, objectId, clock.instant(), fields);
            return new NewObject(header, ObjectSeal.none(key));
        }
        vault.get().obtain(key(dataKey));
        byte[] header = ObjectHeader.encode(kind, repositoryId, objectId, dataKey, clock.instant(), fields);
        return new NewObject(header, seal(key, header, ObjectHeader.parse(key, header, kind)));
    }

    /// How a stored object's frames are sealed. [#check] comes first.
    ///
    /// @param bytes of the header, exactly
    public ObjectSeal seal(BlobKey key, byte[] bytes, ObjectHeader header) {
        return vault.isEmpty()
                ? ObjectSeal.none(key)
                : ObjectSeal.of(key, bytes, header, vault.get().find(key(header.keyId())));
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

    /// Fails unless an object says that it was written for this lineage, and sealed if the repository is
    /// encrypted: an object moved in from elsewhere is damage, and so is one in plain text among sealed ones.
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
        if (header.isSealed() != vault.isPresent()) {
            throw Damage.corrupt(
                    key,
                    header.isSealed()
                            ? "it is sealed, and the repository is not encrypted"
                            : "it is not sealed, and the repository is encrypted");
        }
    }
}
