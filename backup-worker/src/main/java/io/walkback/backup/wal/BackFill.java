package io.walkback.backup.wal;

import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.WalStream;
import io.walkback.postgres.replication.WalStreamEnd;
import io.walkback.postgres.wal.WalSource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what a promoted server never pushes: the end of the timeline before, which it received as a standby and
/// counts as archived (pitfall 6). Where the old primary's archiver was behind, that is a hole, and nobody else
/// fills it. What the server no longer has is declared as a gap. Thread-safe.
///
/// ```
///  timeline 1, archived  ------|  missing  |
///  timeline 2, pushed                 |----+----------------    the first segment holds the switch, too
///                              ^ frontier  ^ asked for up to here, on the walsender protocol, without a slot
/// ```
///
/// Should the old primary push the same segments meanwhile, or afterwards, equal content is success, and a gap that
/// was declared closes by itself.
final class BackFill {
    private static final Logger LOG = LoggerFactory.getLogger(BackFill.class);

    private record Looked(DatabaseId database, SystemIdentifier system, TimelineId timeline) {}

    private final ServerAccess servers;
    private final Clock clock;
    private final Path spools;
    /// One entry for each promotion in the life of this process.
    private final Set<Looked> looked = ConcurrentHashMap.newKeySet();

    /// @param spools a directory for segments on their way; what is in it can be lost
    BackFill(ServerAccess servers, Clock clock, Path spools) {
        this.servers = servers;
        this.clock = clock;
        this.spools = spools;
    }

    /// A segment of the newest timeline of `history` was archived. Looks once for each timeline, on a thread of its
    /// own; what could not be found out is looked at again with the next segment.
    void arrived(DatabaseRegistration registration, Archiver archiver, TimelineHistory history) {
        if (history.ancestors().isEmpty()) {
            return;
        }
        Looked timeline = new Looked(registration.id(), archiver.system(), history.timeline());
        if (looked.add(timeline)) {
            Thread.ofVirtual().name("wal-back-fill-" + registration.id()).start(() -> {
                try {
                    look(registration, archiver, history);
                } catch (PlatformException later) {
                    looked.remove(timeline);
                    LOG.atWarn()
                            .setCause(later)
                            .addKeyValue("databaseId", registration.id())
                            .addKeyValue("timeline", history.timeline())
                            .addKeyValue("failureCode", later.code())
                            .log("end of the timeline before not looked for, tried again with the next segment");
                }
            });
        }
    }

    private void look(DatabaseRegistration registration, Archiver archiver, TimelineHistory history) {
        List<TimelineHistory.Branch> ancestors = history.ancestors();
        TimelineHistory.Branch parent = ancestors.getLast();
        Lsn end = WalSegment.containing(history.timeline(), parent.end(), archiver.segmentSize())
                .start();
        Optional<Frontier> frontier = frontier(archiver, history, parent.timeline());
        if (frontier.isEmpty() || !frontier.get().next().isBefore(end)) {
            return;
        }
        Frontier missing = frontier.get();
        LOG.atInfo()
                .addKeyValue("databaseId", registration.id())
                .addKeyValue("timeline", missing.timeline())
                .addKeyValue("from", missing.next())
                .addKeyValue("to", end)
                .log("wal from before a promotion was not pushed, asked for");
        ServerFacts server = servers.identify(registration);
        try (Spools files = new Spools(spools.resolve(registration.id() + ".back-fill"))) {
            fill(registration, archiver, history, server.major(), missing, end, files);
        } catch (OperatorActionException gone) {
            if (gone.code() != FailureCode.WAL_SLOT_LOST) {
                throw gone;
            }
            Frontier left = frontier(archiver, history, parent.timeline()).orElse(missing);
            archiver.gap(
                    left.timeline(),
                    left.next(),
                    end,
                    "failover: the server is on timeline " + history.timeline()
                            + " and does not have the end of timeline " + left.timeline() + ": " + gone.text());
        }
    }

    private static Optional<Frontier> frontier(Archiver archiver, TimelineHistory history, TimelineId parent) {
        return Frontier.of(Timelines.upTo(history, parent), archiver.segmentSize(), timeline -> archiver.archive()
                .ranges(timeline));
    }

    private void fill(
            DatabaseRegistration registration,
            Archiver archiver,
            TimelineHistory history,
            int major,
            Frontier missing,
            Lsn end,
            Spools files) {
        try (ReplicationConnection connection = servers.replication(registration, "walkback_backfill")) {
            Clusters.requireRegistered(
                    registration.withSystem(archiver.system()),
                    connection.identifySystem().identifier());
            Frontier from = missing;
            while (from.next().isBefore(end) && !from.timeline().equals(history.timeline())) {
                WalSource source = new WalSource(
                        major, archiver.system(), Timelines.upTo(history, from.timeline()), archiver.segmentSize());
                WalStream stream = connection.walStream(from.next(), from.timeline(), clock);
                WalStreamEnd ended;
                try (SegmentReceiver receiver =
                        new SegmentReceiver(source, from.next(), files, new Sealing(archiver, files))) {
                    ended = stream.run(receiver);
                }
                if (!(ended instanceof WalStreamEnd.TimelineSwitched(Lsn _, TimelineId next, Lsn switchPoint))) {
                    return;
                }
                from = new Frontier(
                        next,
                        WalSegment.containing(next, switchPoint, archiver.segmentSize())
                                .start());
            }
        }
    }

    /// One segment after the other: the server waits meanwhile, and nobody waits for the server.
    private record Sealing(Archiver archiver, Spools files) implements SegmentReceiver.Keeper {
        @Override
        public void take(SegmentReceiver.Whole whole) {
            var _ = archiver.seal(whole);
            files.giveBack(whole.content());
        }

        @Override
        public SegmentSpool room() throws InterruptedException {
            return files.take();
        }

        @Override
        public void hurry() {}

        @Override
        public void heard(Lsn end) {}
    }
}
