package io.walkback.scheduler.expiry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.Immutability;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The repository that expiries work on, opened for each run, so that new credentials and keys are taken up.
public final class RepositoryAccess {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryAccess.class);

    private final Optional<URI> url;
    private final EncryptionSettings encryption;
    private final Clock clock;

    /// @param url        empty: this installation has not said where its repository is, and nothing expires
    /// @param encryption what opens it
    public RepositoryAccess(Optional<URI> url, EncryptionSettings encryption, Clock clock) {
        this.url = url;
        this.encryption = encryption;
        this.clock = clock;
    }

    /// Whether this installation has said where its repository is.
    public boolean isConfigured() {
        return url.isPresent();
    }

    /// Whether it is the repository that somebody else calls `other`: same scheme, host and path, whatever the
    /// settings behind a question mark.
    public boolean isAt(URI other) {
        return url.filter(mine -> place(mine).equals(place(other))).isPresent();
    }

    private static List<String> place(URI url) {
        URI plain = url.normalize();
        String path = plain.getPath() == null ? "" : plain.getPath();
        return List.of(
                String.valueOf(plain.getScheme()),
                String.valueOf(plain.getHost()),
                path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }

    /// `NOT_SUPPORTED` where the repository cannot lock as a policy wants, or does not say that it can. Where this
    /// process knows no repository the workers are the ones who ask.
    public void requireLocks(Immutability wanted) {
        Optional<BlobLock> lock = BlobLock.of(wanted);
        if (lock.isPresent() && url.isPresent()) {
            try (BlobStore store = BlobStores.open(url.get());
                    BlobStore locking = store.locking(lock.get())) {
                LOG.atDebug().addKeyValue("repository", locking.location()).log("the repository can lock");
            }
        }
    }

    /// Opens it; the caller closes it.
    public Repository open() {
        BlobStore store = BlobStores.open(url.orElseThrow(() -> new OperatorActionException(
                FailureCode.CONFIGURATION,
                "scheduler-service does not know where the repository is",
                "Set WALKBACK_REPOSITORY_URL to the address that the workers have.")));
        try {
            return encryption.open(store, clock);
        } catch (RuntimeException fault) {
            store.close();
            throw fault;
        }
    }
}
