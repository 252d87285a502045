package io.walkback.backup;

import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import java.nio.file.Path;
import java.time.Clock;

/// A filesystem repository below a directory.
public final class Store implements AutoCloseable {
    public final Path directory;
    public final Repository repository;

    public Store(Path directory) {
        this.directory = directory;
        this.repository = Repository.init(BlobStores.create(directory.toUri()), Clock.systemUTC());
    }

    public LineageRepository lineage() {
        return repository.current(Cluster.SHOP).orElseThrow();
    }

    @Override
    public void close() {
        repository.close();
    }
}
