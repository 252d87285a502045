package io.walkback.restore.worker;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import io.walkback.restore.RestoreProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits until the repository has what the tail of a database holds: commits that clients were told are safe lie in
/// the tail alone for some seconds, and a backup-worker brings them into the repository also when the server is
/// gone. Thread-safe.
final class TailWait {
    private static final Logger LOG = LoggerFactory.getLogger(TailWait.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    /// What tails hold.
    interface Tails {
        /// Of each timeline of the cluster, the piece that reaches farthest; nothing where there is no tail.
        Map<TimelineId, WalPiece> farthest(DatabaseId database, SystemIdentifier system);
    }

    private final Tails tails;
    private final Supplier<Repository> repository;
    private final Duration patience;

    /// @param patience how long a backup-worker may take
    TailWait(Tails tails, Supplier<Repository> repository, Duration patience) {
        this.tails = tails;
        this.repository = repository;
        this.patience = patience;
    }

    /// `TARGET_UNREACHABLE` where the newest moment is wanted and the repository does not get it in time. Any other
    /// target is for the plan to judge, by what the repository has.
    void await(DatabaseId database, RecoveryTarget target, RestoreProgress progress) throws InterruptedException {
        Optional<LineageRepository> lineage = repository.get().current(database);
        if (lineage.isEmpty()) {
            return;
        }
        WalArchive archive = lineage.get().wal();
        Collection<WalPiece> wanted =
                tails.farthest(database, lineage.get().lineage().system()).values();
        long deadline = System.nanoTime() + patience.toNanos();
        for (List<WalPiece> missing = missing(archive, wanted);
                !missing.isEmpty();
                missing = missing(archive, wanted)) {
            Lsn end = missing.getLast().to();
            if (System.nanoTime() > deadline) {
                refuse(database, target, end);
                return;
            }
            progress.at("waiting for the wal tail", 0, null, end);
            // There is nothing to be woken by: the repository tells nobody.
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static List<WalPiece> missing(WalArchive archive, Collection<WalPiece> wanted) {
        return wanted.stream().filter(piece -> !has(archive, piece)).toList();
    }

    private static boolean has(WalArchive archive, WalPiece wanted) {
        if (archive.contains(wanted.segment())) {
            return true;
        }
        Lsn reached = wanted.from();
        for (WalPiece piece : archive.pieces(wanted.segment())) {
            if (!piece.from().isAfter(reached)) {
                reached = Lsn.max(reached, piece.to());
            }
        }
        return !reached.isBefore(wanted.to());
    }

    private void refuse(DatabaseId database, RecoveryTarget target, Lsn end) {
        String text = "wal of database '" + database + "' up to " + end + " is in its tail on the brokers, and after "
                + patience.toSeconds() + " s still not in the repository";
        if (target instanceof RecoveryTarget.Latest) {
            throw new OperatorActionException(
                    FailureCode.TARGET_UNREACHABLE,
                    text,
                    "Start a backup-worker that reaches brokers and repository: it brings the tail over, also without"
                            + " the server. Or name a --target-time, and what the tail has is left out.");
        }
        LOG.atWarn().addKeyValue("databaseId", database).addKeyValue("lsn", end).log(text);
    }
}
