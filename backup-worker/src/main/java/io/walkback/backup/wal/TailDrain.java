package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Severity;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailReach;
import io.walkback.tail.TailRecord;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings into the repository what a tail has and the repository has not: whole segments, inspected as received
/// ones are, and a piece of the last one of each timeline. Needs no server. For one thread; memory as reception.
///
/// Records are united by cluster, timeline and LSN, whoever wrote them; those of a cluster that another one has
/// replaced go where that one's WAL is. Where two have other bytes for one LSN, that is told as an incident, the
/// one that came first counts, and neither is removed; the other timelines are brought over all the same. Bytes
/// behind a hole, which nothing in the repository fills, are stored as pieces: they may be needed, and nobody was
/// told that they are safe.
final class TailDrain {
    private static final Logger LOG = LoggerFactory.getLogger(TailDrain.class);

    /// Where the WAL of each cluster belongs that a database ever was.
    interface Archivers {
        /// Empty for a cluster that the repository does not know.
        Optional<Archiver> of(SystemIdentifier system);
    }

    private final Archivers archivers;
    private final Spools spools;
    private final Keeping.Pace pace;

    TailDrain(Archivers archivers, Spools spools, Keeping.Pace pace) {
        this.archivers = archivers;
        this.spools = spools;
        this.pace = pace;
    }

    /// Everything that a span holds. Reads it once to see what there is, and once more where that is not in the
    /// repository.
    ///
    /// @return whether the repository has all of it now
    boolean run(TailLog log, TailLog.Span span) {
        TailLog.Contents contents = log.contents(span);
        boolean all = contents.unreadable() == 0;
        for (Map.Entry<SystemIdentifier, Map<TimelineId, TailReach>> cluster :
                contents.reach().entrySet()) {
            Optional<Archiver> archiver = archivers.of(cluster.getKey());
            if (archiver.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("system", cluster.getKey())
                        .log("the tail holds wal of a cluster that the repository does not know");
                all = false;
                continue;
            }
            try (SealedPieces pieces = archiver.get().sealedPieces()) {
                for (TailReach reach : cluster.getValue().values()) {
                    all &= bring(new Timeline(log, span, archiver.get(), pieces, reach));
                }
            }
        }
        return all;
    }

    private boolean bring(Timeline timeline) {
        try {
            timeline.bring();
            return true;
        } catch (OperatorActionException conflict) {
            if (conflict.code() != FailureCode.WAL_CONFLICT) {
                throw conflict;
            }
            // Told as an incident already. It must not keep from the repository what it has nothing to do with.
            LOG.atError()
                    .setCause(conflict)
                    .addKeyValue("timeline", timeline.id)
                    .log("the tail and the repository have different wal: what the tail has stays in it");
            return false;
        }
    }

    /// What a tail holds of one timeline of one cluster.
    private final class Timeline {
        private final TailLog log;
        private final TailLog.Span span;
        private final Archiver archiver;
        private final SealedPieces pieces;
        private final TailReach reach;
        private final TimelineId id;

        Timeline(TailLog log, TailLog.Span span, Archiver archiver, SealedPieces pieces, TailReach reach) {
            this.log = log;
            this.span = span;
            this.archiver = archiver;
            this.pieces = pieces;
            this.reach = reach;
            this.id = reach.first().timeline();
        }

        void bring() {
            WalSegment first = reach.first();
            while (archiver.archive().contains(first)) {
                if (first.equals(reach.last())) {
                    return;
                }
                first = first.next();
            }
            if (!archiver.pieced(first).end().isBefore(reach.to())) {
                return;
            }
            LOG.atInfo()
                    .addKeyValue("timeline", id)
                    .addKeyValue("from", first.start())
                    .addKeyValue("to", reach.to())
                    .log("wal is taken over from the tail");
            try (TailFeed feed = new TailFeed(archiver, spools, pace, first)) {
                if (!feedAll(feed)) {
                    keepIslands(feed.next());
                }
            }
        }

        /// Whether everything was in one piece.
        private boolean feedAll(TailFeed feed) {
            boolean beyond = true;
            try {
                for (Lsn before = null; beyond && !feed.next().equals(before); ) {
                    before = feed.next();
                    beyond = pass(feed);
                }
            } catch (CorruptDataException invalid) {
                archiver.tell(Severity.ERROR, "the tail at " + feed.next() + " of timeline " + id, invalid);
                beyond = true;
            } catch (OperatorActionException conflict) {
                // What came before it is nobody's fault.
                feed.finish();
                throw conflict;
            }
            feed.finish();
            return !beyond;
        }

        /// Whether there is something behind a hole.
        private boolean pass(TailFeed feed) {
            boolean[] beyond = new boolean[1];
            log.read(span, record -> {
                if (isHere(record) && record.piece().to().isAfter(feed.next())) {
                    feed.fill(record.piece().from());
                    if (record.piece().from().isAfter(feed.next())) {
                        beyond[0] = true;
                    } else if (record.piece().to().isAfter(feed.next())) {
                        byte[] bytes = open(record);
                        if (bytes == null) {
                            // Another writer may have written the same.
                            beyond[0] = true;
                        } else {
                            feed.take(record.piece(), bytes);
                        }
                    }
                }
                return true;
            });
            return beyond[0];
        }

        private boolean isHere(TailRecord record) {
            return record.system().equals(archiver.system())
                    && record.piece().segment().timeline().equals(id);
        }

        private byte @Nullable [] open(TailRecord record) {
            try {
                return record.open(pieces);
            } catch (CorruptDataException damaged) {
                archiver.tell(Severity.CRITICAL, "record " + record.offset() + " of the tail", damaged);
                return null;
            }
        }

        private void keepIslands(Lsn behind) {
            WalSegment[] whole = new WalSegment[1];
            log.read(span, record -> {
                WalSegment segment = record.piece().segment();
                if (!isHere(record) || !record.piece().to().isAfter(behind) || segment.equals(whole[0])) {
                    return true;
                }
                if (archiver.archive().contains(segment)) {
                    whole[0] = segment;
                    return true;
                }
                byte[] bytes = open(record);
                if (bytes != null) {
                    archiver.keep(record.piece(), bytes);
                }
                return true;
            });
        }
    }
}
