package io.walkback.backup;

import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.seal.KeyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// A filesystem repository below a directory.
public final class Store implements AutoCloseable {
    public final Path directory;
    public final Repository repository;

    public Store(Path directory) {
        this(directory, store -> store);
    }

    /// @param around what every call goes through
    public Store(Path directory, UnaryOperator<BlobStore> around) {
        this.directory = directory;
        this.repository = EncryptionSettings.of("file:" + key(directory), "")
                .openOrMake(around.apply(BlobStores.create(directory.toUri())), Clock.systemUTC());
    }

    /// The key file of the repository in a directory, made when it is first asked for.
    public static Path key(Path directory) {
        Path file = directory.resolveSibling(directory.getFileName() + ".key");
        if (Files.notExists(file)) {
            KeyFile.create(file);
        }
        return file;
    }

    public LineageRepository lineage() {
        return repository.current(Cluster.SHOP).orElseThrow();
    }

    @Override
    public void close() {
        repository.close();
    }
}
