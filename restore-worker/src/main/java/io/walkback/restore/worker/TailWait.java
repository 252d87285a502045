package io.walkback.restore.worker;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import io.walkback.restore.RestoreProgress;
import io.walkback.tail.TailReach;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits until the repository has all of what the tail of a database holds, from its beginning to its end without a
/// hole: commits that clients were told are safe lie in the tail alone for some seconds, and a backup-worker brings
/// them into the repository also when the server is gone. Thread-safe.
///
/// Each segment is to be there whole, but for the last of each timeline, of which pieces will do: a plan follows
/// pieces of no segment but the last.
final class TailWait {
    private static final Logger LOG = LoggerFactory.getLogger(TailWait.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    /// What tails hold.
    interface Tails {
        /// Of each timeline of the cluster; nothing where there is no tail.
        Collection<TailReach> reach(DatabaseId database, SystemIdentifier system);
    }

    private final Tails tails;
    private final Supplier<Repository> repository;
    private final Duration patience;

    /// @param patience how long a backup-worker may take for a segment
    TailWait(Tails tails, Supplier<Repository> repository, Duration patience) {
        this.tails = tails;
        this.repository = repository;
        this.patience = patience;
    }

    /// `TARGET_UNREACHABLE` where the newest moment is wanted and the repository gets no more of it. Any other
    /// target is for the plan to judge, by what the repository has.
    void await(DatabaseId database, RecoveryTarget target, RestoreProgress progress) throws InterruptedException {
        Optional<LineageRepository> lineage = repository.get().current(database);
        if (lineage.isEmpty()) {
            return;
        }
        WalArchive archive = lineage.get().wal();
        List<Wanted> wanted = held(database, target, lineage.get().lineage().system()).stream()
                .map(Wanted::new)
                .toList();
        long seen = -1;
        long deadline = 0;
        for (Optional<Wanted> missing = missing(archive, wanted);
                missing.isPresent();
                missing = missing(archive, wanted)) {
            long there = wanted.stream()
                    .mapToLong(timeline -> timeline.next.number())
                    .sum();
            if (there != seen) {
                seen = there;
                deadline = System.nanoTime() + patience.toNanos();
            }
            if (System.nanoTime() - deadline >= 0) {
                refuse(database, target, missing.get());
                return;
            }
            progress.at("waiting for the wal tail", 0, null, missing.get().reach.to());
            // There is nothing to be woken by: the repository tells nobody.
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /// Where the brokers refuse to tell, the newest moment is not known. Any other target is for the plan to judge.
    private Collection<TailReach> held(DatabaseId database, RecoveryTarget target, SystemIdentifier system) {
        try {
            return tails.reach(database, system);
        } catch (OperatorActionException refused) {
            if (target instanceof RecoveryTarget.Latest) {
                throw refused;
            }
            LOG.atWarn()
                    .setCause(refused)
                    .addKeyValue("databaseId", database)
                    .log("whether the database has a wal tail is not known: what it may hold is left out");
            return List.of();
        }
    }

    private static Optional<Wanted> missing(WalArchive archive, List<Wanted> wanted) {
        return wanted.stream().filter(timeline -> !timeline.isIn(archive)).findFirst();
    }

    /// What the tail has of one timeline, and how far the repository was seen to have it.
    private static final class Wanted {
        private final TailReach reach;
        private WalSegment next;

        Wanted(TailReach reach) {
            this.reach = reach;
            this.next = reach.first();
        }

        boolean isIn(WalArchive archive) {
            while (archive.contains(next)) {
                if (next.equals(reach.last())) {
                    return true;
                }
                next = next.next();
            }
            return next.equals(reach.last()) && !pieces(archive).isBefore(reach.to());
        }

        /// How far pieces reach from the segment's beginning without a hole.
        private Lsn pieces(WalArchive archive) {
            Lsn reached = next.start();
            for (WalPiece piece : archive.pieces(next)) {
                if (!piece.from().isAfter(reached)) {
                    reached = Lsn.max(reached, piece.to());
                }
            }
            return reached;
        }
    }

    private void refuse(DatabaseId database, RecoveryTarget target, Wanted missing) {
        Lsn end = missing.reach.to();
        String text = "wal of database '" + database + "' up to " + end + " is in its tail on the brokers, and after "
                + patience.toSeconds() + " s without a further one the repository still lacks some of segment "
                + missing.next;
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
