package io.walkback.repository;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.extent.NamingKey;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.seal.KeyEncryption;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// An opened repository. Thread-safe; closing it closes its store, and the holder of its keys.
public final class Repository implements AutoCloseable {
    /// Where the root descriptor is.
    public static final BlobKey ROOT = new BlobKey("walkback-repository");

    private static final Pattern DATABASE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,39}");

    private final BlobStore store;
    private final Clock clock;
    private final UUID id;
    private final NamingKey namingKey;
    private final Optional<KeyVault> vault;
    private final Lineages lineages;

    private Repository(BlobStore store, Clock clock, UUID id, NamingKey namingKey, Optional<KeyVault> vault) {
        this.vault = vault;
        this.store = store;
        this.clock = clock;
        this.id = id;
        this.namingKey = namingKey;
        this.lineages = new Lineages(store, clock, id);
    }

    /// Makes a repository that is not encrypted in an empty place, or opens the one that is there. See
    /// [#init(BlobStore, Clock, KeyEncryption)].
    public static Repository init(BlobStore store, Clock clock) {
        return init(store, clock, Optional.empty());
    }

    /// Makes an encrypted repository in an empty place, or opens the one that is there, which must be encrypted
    /// too: running it twice, or on two machines at once, gives the same repository to all.
    public static Repository init(BlobStore store, Clock clock, KeyEncryption encryption) {
        return init(store, clock, Optional.of(encryption));
    }

    private static Repository init(BlobStore store, Clock clock, Optional<KeyEncryption> encryption) {
        if (store.size(ROOT).isEmpty()) {
            store.putIfAbsent(ROOT, RootDescriptor.encode(clock.instant(), encryption.map(KeyEncryption::current)));
        }
        RootDescriptor root = RootDescriptor.read(store);
        if (root.isEncrypted() && encryption.isPresent()) {
            root.makeNamingKey(store, clock, encryption.get());
        }
        return open(store, clock, encryption);
    }

    /// Opens a repository that is not encrypted. See [#open(BlobStore, Clock, Optional)].
    public static Repository open(BlobStore store, Clock clock) {
        return open(store, clock, Optional.empty());
    }

    /// Opens a repository. A place without one is [OperatorActionException] `STORE_MISSING`, one of a newer format
    /// `STORE_LAYOUT`.
    ///
    /// @param encryption needed for an encrypted repository, else `KEY_UNAVAILABLE`. With one, a repository that
    /// is not encrypted is refused too: whoever replaced the root descriptor would otherwise get plain text
    public static Repository open(BlobStore store, Clock clock, Optional<KeyEncryption> encryption) {
        if (!exists(store)) {
            throw missing(store);
        }
        RootDescriptor root = RootDescriptor.read(store);
        root.requireFit(store, encryption);
        Optional<KeyVault> vault = encryption.map(keys -> new KeyVault(store, clock, root.repositoryId(), keys));
        NamingKey namingKey = root.plainNamingKey()
                .or(() -> vault.map(
                        keys -> new NamingKey(keys.find(KeyPlace.naming()).reveal())))
                .orElseThrow();
        return new Repository(store, clock, root.repositoryId(), namingKey, vault);
    }

    /// What is said where there is no repository.
    public static OperatorActionException missing(BlobStore store) {
        return new OperatorActionException(
                FailureCode.STORE_MISSING,
                "there is no repository at '" + store.location() + "'",
                "Check the URL, or make a repository with 'walkback repo init'.");
    }

    /// Whether there is a repository. Needs no key.
    public static boolean exists(BlobStore store) {
        return store.size(ROOT).isPresent();
    }

    /// Whether the repository that is there is encrypted. Needs no key.
    public static boolean isEncrypted(BlobStore store) {
        return RootDescriptor.read(store).isEncrypted();
    }

    /// The repository's keys; empty where it is not encrypted.
    public Optional<KeyVault> vault() {
        return vault;
    }

    public UUID id() {
        return id;
    }

    public BlobStore store() {
        return store;
    }

    /// The databases that have something here, in order. Lists the store's top folders only.
    public List<DatabaseId> databases() {
        List<DatabaseId> databases = new ArrayList<>();
        try (BlobListing<String> folders = store.listFolders(BlobPrefix.ROOT)) {
            while (folders.hasNext()) {
                String name = folders.next();
                if (DATABASE.matcher(name).matches() && lineages.isKnown(new DatabaseId(name))) {
                    databases.add(new DatabaseId(name));
                }
            }
        }
        databases.sort(null);
        return databases;
    }

    /// The system identifiers that a database has had, oldest first; the last is current.
    public List<SystemIdentifier> systems(DatabaseId database) {
        return lineages.of(database).stream().map(LineageDescriptor::system).toList();
    }

    /// A lineage for reading: any that the database ever had.
    public Optional<LineageRepository> find(DatabaseId database, SystemIdentifier system) {
        return lineages.of(database).stream()
                .filter(descriptor -> descriptor.system().equals(system))
                .findFirst()
                .map(this::bind);
    }

    /// The database's current lineage for reading.
    public Optional<LineageRepository> current(DatabaseId database) {
        List<LineageDescriptor> all = lineages.of(database);
        return all.isEmpty() ? Optional.empty() : Optional.of(bind(all.getLast()));
    }

    /// The database's current lineage for writing, made if the database is new here.
    ///
    /// Another system identifier under the name is [OperatorActionException] `SYSTEM_IDENTIFIER_MISMATCH`: another
    /// cluster answers, and only [#adopt] may let it in (pitfall 8). Other geometry is `STORE_LAYOUT`.
    public LineageRepository forWriting(DatabaseId database, SystemIdentifier system, ClusterGeometry geometry) {
        List<LineageDescriptor> all = lineages.of(database);
        if (all.isEmpty()) {
            lineages.add(database, 1, system, geometry);
            all = lineages.of(database);
        }
        LineageDescriptor current = all.getLast();
        if (!current.system().equals(system)) {
            throw new OperatorActionException(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "database '" + database + "' has system identifier " + current.system()
                            + " in this repository, and the server has " + system,
                    "If the cluster was re-created or upgraded on purpose, run 'walkback databases adopt " + database
                            + "'; otherwise another cluster uses this name.");
        }
        if (!current.geometry().equals(geometry)) {
            throw new OperatorActionException(
                    FailureCode.STORE_LAYOUT,
                    "database '" + database + "' is recorded with " + current.geometry() + ", and the server has "
                            + geometry,
                    "The wal segment size was changed; run 'walkback databases adopt' after giving the cluster a new"
                            + " name.");
        }
        return bind(current);
    }

    /// Accepts another cluster under a name: opens a new lineage and makes it current. Adopting the current one
    /// again changes nothing.
    public LineageRepository adopt(DatabaseId database, SystemIdentifier system, ClusterGeometry geometry) {
        List<LineageDescriptor> all = lineages.of(database);
        if (all.isEmpty() || !all.getLast().system().equals(system)) {
            PutOutcome outcome = lineages.add(database, all.size() + 1, system, geometry);
            if (outcome == PutOutcome.ALREADY_THERE) {
                return forWriting(database, system, geometry);
            }
        }
        return forWriting(database, system, geometry);
    }

    private LineageRepository bind(LineageDescriptor descriptor) {
        return new LineageRepository(new Lineage(
                store, id, namingKey, descriptor.database(), descriptor.system(), descriptor.geometry(), clock, vault));
    }

    @Override
    public void close() {
        vault.ifPresent(KeyVault::close);
        store.close();
    }
}
