package io.walkback.backup.server;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.layout.ClusterGeometry;
import java.util.Optional;

/// Which part of the repository a server may write to. Thread-safe.
public final class Clusters {
    private final Repository repository;

    public Clusters(Repository repository) {
        this.repository = repository;
    }

    public Repository repository() {
        return repository;
    }

    /// The lineage of the cluster that answers, for writing.
    ///
    /// `SYSTEM_IDENTIFIER_MISMATCH` when the name is registered for another cluster, or, while the registration
    /// knows none, when the repository has another one under it. A registration that names this cluster lets it in:
    /// that is how `databases adopt` opens a new lineage.
    ///
    /// Everything that is written through it is locked as the policy wants it; `NOT_SUPPORTED` where the repository
    /// cannot, so that nothing is written without a lock that somebody relies on.
    public LineageRepository open(DatabaseRegistration registration, ServerFacts server) {
        return locking(unlocked(registration, server), registration.policy().immutability());
    }

    /// The same lineage, and what is written through it is locked for a day only: pieces of segments, which the
    /// segment replaces as soon as it is whole.
    public LineageRepository openForPieces(DatabaseRegistration registration, ServerFacts server) {
        return forPieces(unlocked(registration, server), registration);
    }

    /// The same of a lineage that is open already.
    public static LineageRepository forPieces(LineageRepository lineage, DatabaseRegistration registration) {
        Immutability wanted = registration.policy().immutability();
        return locking(lineage, wanted.isWanted() ? new Immutability(wanted.lockMode(), 1) : wanted);
    }

    private LineageRepository unlocked(DatabaseRegistration registration, ServerFacts server) {
        if (server.blockSize() != ClusterGeometry.BLOCK_SIZE) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "database '" + registration.id() + "' has blocks of " + server.blockSize() + " bytes, not "
                            + ClusterGeometry.BLOCK_SIZE,
                    "Walkback protects clusters with PostgreSQL's usual block size only.");
        }
        ClusterGeometry geometry = new ClusterGeometry(server.walSegmentSize(), server.blockSize());
        requireRegistered(registration, server.systemIdentifier());
        return registration.system() == null
                ? repository.forWriting(registration.id(), server.systemIdentifier(), geometry)
                : repository.adopt(registration.id(), server.systemIdentifier(), geometry);
    }

    /// The lineage of the registered cluster, for writing, without asking its server; empty until a server has
    /// opened it by [#open].
    public Optional<LineageRepository> known(DatabaseRegistration registration) {
        return latest(registration).filter(current -> current.lineage().system().equals(registration.system()));
    }

    /// The lineage that was written last under the name, unless the registration knows another cluster: for WAL
    /// that says itself which cluster it is of.
    public Optional<LineageRepository> latest(DatabaseRegistration registration) {
        return repository
                .current(registration.id())
                .filter(current -> registration.system() == null
                        || current.lineage().system().equals(registration.system()))
                .map(current -> locking(current, registration.policy().immutability()));
    }

    /// The lineage, and everything that is written through it is locked as a policy wants it.
    public static LineageRepository locking(LineageRepository lineage, Immutability wanted) {
        return BlobLock.of(wanted).map(lineage::locking).orElse(lineage);
    }

    /// `SYSTEM_IDENTIFIER_MISMATCH` when `found` is not the cluster that is registered.
    public static void requireRegistered(DatabaseRegistration registration, SystemIdentifier found) {
        SystemIdentifier known = registration.system();
        if (known != null && !known.equals(found)) {
            throw new OperatorActionException(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "database '" + registration.id() + "' is registered with system identifier " + known
                            + ", and the server at " + registration.connection().host() + ":"
                            + registration.connection().port() + " has " + found,
                    "If the cluster was re-created or upgraded on purpose, run 'walkback databases adopt "
                            + registration.id() + "'; otherwise another cluster answers at this address.");
        }
    }
}
