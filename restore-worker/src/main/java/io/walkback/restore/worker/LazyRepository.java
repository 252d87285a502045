package io.walkback.restore.worker;

import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import java.net.URI;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The repository, opened when it is first needed: on a new installation the first backup makes it, and this worker
/// never does. Thread-safe.
final class LazyRepository implements Supplier<Repository>, AutoCloseable {
    private final URI url;
    private final Clock clock;
    private @Nullable Repository open;

    LazyRepository(URI url, Clock clock) {
        this.url = url;
        this.clock = clock;
    }

    /// Throws what opening throws, and tries anew the next time.
    @Override
    public synchronized Repository get() {
        Repository known = open;
        if (known != null) {
            return known;
        }
        BlobStore store = BlobStores.open(url);
        try {
            known = Repository.open(store, clock);
            open = known;
            return known;
        } catch (RuntimeException fault) {
            store.close();
            throw fault;
        }
    }

    @Override
    public synchronized void close() {
        if (open != null) {
            open.close();
        }
    }
}
