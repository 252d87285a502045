package io.walkback.scheduler.expiry;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.EncryptionSettings;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/// The second place, which workers copy backups to where a policy wants two copies. Opened for each use, so that
/// new credentials and keys are taken up.
public final class SecondPlace {
    private final Optional<URI> url;
    private final RepositoryAccess first;
    private final EncryptionSettings encryption;
    private final Clock clock;

    /// @param url        empty: there is none, and no policy may want one
    /// @param encryption what opens it: a copy has the keys of the first
    public SecondPlace(Optional<URI> url, RepositoryAccess first, EncryptionSettings encryption, Clock clock) {
        this.url = url;
        this.first = first;
        this.encryption = encryption;
        this.clock = clock;
    }

    /// `NOT_SUPPORTED` where a policy wants a second copy and there is no place for it, or one that is the first
    /// itself or holds another repository. As a store's failures where the place cannot be opened.
    public void requireCopies(int wanted) {
        if (wanted <= 1) {
            return;
        }
        URI place = url.orElseThrow(() -> refused("and scheduler-service knows of no second place"));
        if (first.isAt(place)) {
            throw refused("and the second place is the repository itself");
        }
        try (BlobStore store = BlobStores.create(place)) {
            if (Repository.exists(store)) {
                requireCopy(store);
            }
        }
    }

    private void requireCopy(BlobStore store) {
        Repository copy = encryption.open(store, clock);
        try (Repository original = first.open()) {
            if (!copy.id().equals(original.id())) {
                throw refused("and '" + store.location() + "' holds another repository, " + copy.id() + " instead of "
                        + original.id());
            }
        }
    }

    /// The copy, closed by the caller; empty where there is no second place, or nothing in it yet.
    Optional<Repository> open() {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        BlobStore store = BlobStores.open(url.get());
        try {
            if (Repository.exists(store)) {
                return Optional.of(encryption.open(store, clock));
            }
        } catch (RuntimeException fault) {
            store.close();
            throw fault;
        }
        store.close();
        return Optional.empty();
    }

    private static OperatorActionException refused(String why) {
        return new OperatorActionException(
                FailureCode.NOT_SUPPORTED,
                "the policy wants 2 copies of each backup, " + why,
                "Set WALKBACK_COPY_URL to an empty place, or to an earlier copy, for scheduler-service and for every"
                        + " backup-worker, as docs/multi-region.md says; or say copies: 1 in the policy.");
    }
}
