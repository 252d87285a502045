package io.walkback.restore.worker;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import java.net.URI;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The repository, opened when it is first needed: on a new installation the first backup makes it, and this worker
/// never does. Thread-safe.
final class LazyRepository implements Supplier<Repository>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LazyRepository.class);

    private final URI url;
    private final EncryptionSettings encryption;
    private final Clock clock;
    private @Nullable Repository open;

    LazyRepository(URI url, EncryptionSettings encryption, Clock clock) {
        this.url = url;
        this.encryption = encryption;
        this.clock = clock;
    }

    /// Fails where the repository is there and the key that it needs is not, so that a worker without it is
    /// refused at its start and not at the first restore. A place that cannot be asked now is asked at the first
    /// restore.
    void requireKey() {
        try {
            get();
        } catch (PlatformException fault) {
            if (fault.code() == FailureCode.KEY_UNAVAILABLE && fault instanceof OperatorActionException) {
                throw fault;
            }
            LOG.atInfo()
                    .addKeyValue("failureCode", fault.code())
                    .addKeyValue("reason", fault.text())
                    .log("repository not opened yet");
        }
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
            known = encryption.open(store, clock);
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
