package io.walkback.repository;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.seal.KekId;
import io.walkback.repository.seal.KeyPlace;
import io.walkback.repository.seal.KeyVault;
import java.util.UUID;
import java.util.function.Consumer;

/// Gives every key of a repository a wrapper under the current key-encryption key: the naming key and all data
/// keys of all lineages. Data is not read and not written; old wrappers stay. Each step stands alone, so a run
/// that was killed is finished by the next one.
public final class KeyRotation {
    private final Repository repository;

    /// What was done.
    ///
    /// @param current the key-encryption key that opens everything now
    /// @param keys    keys that were looked at, the naming key included
    /// @param added   of them got a wrapper now; the others had it
    public record Result(KekId current, long keys, long added) {}

    public KeyRotation(Repository repository) {
        this.repository = repository;
    }

    /// Streams through the listing; holds one folder's name. A key that no held key-encryption key opens ends the
    /// run with `KEY_UNAVAILABLE`, since the new key would not open everything.
    ///
    /// @param progress gets each key's place once it is done
    public Result run(Consumer<KeyPlace> progress) {
        KeyVault vault = repository
                .vault()
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.KEY_UNAVAILABLE,
                        "repository '" + repository.store().location() + "' is not encrypted",
                        "There is nothing to rotate."));
        Counter counter = new Counter(vault, progress);
        counter.rewrap(KeyPlace.naming());
        for (DatabaseId database : repository.databases()) {
            for (var system : repository.systems(database)) {
                repository
                        .find(database, system)
                        .map(LineageRepository::lineage)
                        .ifPresent(counter::lineage);
            }
        }
        return new Result(vault.current(), counter.keys, counter.added);
    }

    private static final class Counter {
        private final KeyVault vault;
        private final Consumer<KeyPlace> progress;
        private long keys;
        private long added;

        Counter(KeyVault vault, Consumer<KeyPlace> progress) {
            this.vault = vault;
            this.progress = progress;
        }

        void lineage(Lineage lineage) {
            BlobPrefix folder = lineage.keys();
            try (BlobListing<String> ids = lineage.store().listFolders(folder)) {
                while (ids.hasNext()) {
                    String name = ids.next();
                    if (Lineage.isKeyId(name)) {
                        rewrap(lineage.key(UUID.fromString(name)));
                    }
                }
            }
        }

        void rewrap(KeyPlace place) {
            keys++;
            if (vault.rewrap(place)) {
                added++;
            }
            progress.accept(place);
        }
    }
}
