package io.walkback.backup.wal;

import io.walkback.backup.event.Announcements;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.event.Severity;
import io.walkback.operations.Attempt;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SlotPosition;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.postgres.replication.WalStream;
import io.walkback.postgres.replication.WalStreamEnd;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.LineageRepository;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection's worth of reception: from finding out where to go on to the end of the stream. For one attempt
/// and one thread; [#reached] may be asked by others.
final class WalReception {
    /// What `synchronous_standby_names` calls the first of two receivers.
    static final String TAIL_NAME = "walkback_a";

    private static final Logger LOG = LoggerFactory.getLogger(WalReception.class);

    /// What this connection has made durable.
    record Reached(TimelineId timeline, Lsn archived) {}

    private final ServerAccess servers;
    private final Clusters clusters;
    private final Announcements announcements;
    private final Clock clock;
    private final Attempt attempt;
    private final DatabaseRegistration registration;
    private final Spools spools;
    private final Keeping.Pace pace;
    private final Supplier<BackupPolicy> wanted;
    private final SlotTakeover takeover;
    private final Exposures exposure;
    private final AttemptTail tail;
    private final ReceptionMeters meters;
    private final AtomicReference<@Nullable Reached> reached = new AtomicReference<>();
    private long received;

    /// @param tail   of this attempt
    /// @param wanted the policy by now
    WalReception(
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            Clock clock,
            Attempt attempt,
            DatabaseRegistration registration,
            Spools spools,
            Keeping.Pace pace,
            Exposures exposure,
            ReceptionMeters meters,
            AttemptTail tail,
            Supplier<BackupPolicy> wanted) {
        this.servers = servers;
        this.clusters = clusters;
        this.announcements = announcements;
        this.clock = clock;
        this.attempt = attempt;
        this.registration = registration;
        this.spools = spools;
        this.pace = pace;
        this.exposure = exposure;
        this.tail = tail;
        this.meters = meters;
        this.wanted = wanted;
        this.takeover = new SlotTakeover(servers);
    }

    /// How far this connection got; null before it knew.
    @Nullable
    Reached reached() {
        return reached.get();
    }

    /// Receives until something ends it, and never returns well: the server went away, or reception cannot go on.
    RetryableException run() {
        tail.check(registration);
        // Also where the server is gone for good.
        var _ = tail.drain(registration, false);
        ServerFacts server = servers.facts(registration);
        LineageRepository lineage = clusters.open(registration, server);
        Archiver archiver = new Archiver(
                lineage,
                clusters.openForPieces(registration, server),
                io.walkback.domain.event.WalSource.STREAM,
                announcements,
                clock);
        Optional<SlotStatus> slot = takeover.take(attempt, registration);
        // A predecessor that woke up may have written more until now, and its server was told that it is safe.
        Optional<RetryableException> undrained = tail.drain(registration, true);
        if (slot.isPresent() && slot.get().lost()) {
            // What it kept is gone, and it keeps nothing any more. A new one keeps what comes from now on.
            dropSlot();
        }
        SlotPosition kept = servers.ensureSlot(registration);
        ReceptionStart start = start(archiver, kept);
        try {
            return stream(lineage, archiver, server, start);
        } catch (OperatorActionException lost) {
            if (lost.code() != FailureCode.WAL_SLOT_LOST || received > 0) {
                throw lost;
            }
            if (undrained.isPresent()) {
                // What the server no longer has may be in the tail.
                throw undrained.get();
            }
            return stream(lineage, archiver, server, start.afterGap(archiver, lost));
        }
    }

    private ReceptionStart start(Archiver archiver, SlotPosition kept) {
        try (ReplicationConnection connection = connect()) {
            SystemIdentity identity = connection.identifySystem();
            Clusters.requireRegistered(registration, identity.identifier());
            TimelineHistory history = Timelines.archived(connection, identity.timeline(), archiver, this::connect);
            ReceptionStart start = ReceptionStart.find(archiver, history, kept, identity.flushed());
            LOG.atInfo()
                    .addKeyValue("databaseId", registration.id())
                    .addKeyValue("timeline", start.frontier().timeline())
                    .addKeyValue("lsn", start.frontier().next())
                    .addKeyValue("slotLsn", kept.restart())
                    .log("wal reception begins");
            exposure.begin(
                    archiver.archive(),
                    WalSegment.containing(
                            start.frontier().timeline(), start.frontier().next(), archiver.segmentSize()),
                    identity.flushed(),
                    clock);
            return start;
        }
    }

    private RetryableException stream(
            LineageRepository lineage, Archiver archiver, ServerFacts server, ReceptionStart start) {
        TimelineHistory history = start.history();
        Frontier from = start.frontier();
        try (ReplicationConnection connection = connect()) {
            while (true) {
                switch (receive(connection, lineage, archiver, server, history, from, start.kept())) {
                    case WalStreamEnd.TimelineSwitched(Lsn end, TimelineId next, Lsn switchPoint) -> {
                        LOG.atInfo()
                                .addKeyValue("databaseId", registration.id())
                                .addKeyValue("timeline", next)
                                .addKeyValue("lsn", switchPoint)
                                .addKeyValue("received", end)
                                .log("timeline switched");
                        // The server may be several timelines further; its current history names all of them.
                        TimelineId newest = connection.identifySystem().timeline();
                        history = Timelines.archived(connection, newest, archiver, this::connect);
                        from = new Frontier(
                                next,
                                WalSegment.containing(next, switchPoint, archiver.segmentSize())
                                        .start());
                    }
                    case WalStreamEnd.ServerShutdown(Lsn end) -> {
                        return new RetryableException(
                                FailureCode.POSTGRES_UNREACHABLE,
                                "the server at " + servers.address(registration) + " shut down after it had sent wal"
                                        + " up to " + end,
                                "Reception goes on when it is back.");
                    }
                    case WalStreamEnd.Stopped(Lsn end) ->
                        throw new IllegalStateException("reception stopped at " + end + " and everything was stored");
                }
            }
        }
    }

    private WalStreamEnd receive(
            ReplicationConnection connection,
            LineageRepository lineage,
            Archiver archiver,
            ServerFacts server,
            TimelineHistory newest,
            Frontier from,
            @Nullable Lsn kept) {
        TimelineHistory history = Timelines.upTo(newest, from.timeline());
        WalSource source = new WalSource(server.major(), archiver.system(), history, archiver.segmentSize());
        WalStream stream = connection.walStream(registration.id().slotName(), from.next(), from.timeline(), clock);
        reached.set(new Reached(from.timeline(), from.next()));
        if (kept == null || !from.next().isBefore(kept)) {
            // Everything before the frontier is in the repository, or declared missing: the slot need not keep it. One
            // that keeps less must not be told to go back to what may be gone: the next connection would find
            // nothing else in it.
            stream.advance(from.next(), from.next());
        }
        DurablePrefix safe = new DurablePrefix(from.next());
        DurablePrefix sealed = new DurablePrefix(from.next());
        ConnectionTail.Acknowledged acknowledged = (begin, end) -> {
            Lsn prefix = safe.add(begin, end);
            // The slot goes where it is told, back as well.
            if (kept == null || !prefix.isBefore(kept)) {
                stream.advance(prefix, prefix);
            }
            exposure.now().durable(prefix);
        };
        Keeping.Progress progress = new Keeping.Progress() {
            @Override
            public void sealed(WalSegment segment) {
                sealed.add(segment.start(), segment.end());
            }

            @Override
            public void durable(Lsn end) {
                acknowledged.part(from.next(), end);
                exposure.store().durable(end);
                meters.archived();
                reached.set(new Reached(
                        from.timeline(),
                        WalSegment.containing(from.timeline(), end, archiver.segmentSize())
                                .start()));
            }

            @Override
            public void heard(Lsn end) {
                requireSamePolicy();
                exposure.heard(end, System.nanoTime());
                attempt.progress("receiving", received + stream.received().minus(from.next()), null, end);
            }

            @Override
            public void stop() {
                stream.stop();
            }
        };
        WalSegment first = WalSegment.containing(from.timeline(), from.next(), archiver.segmentSize());
        try (ConnectionTail beside = tail.begin(registration, lineage, from.timeline(), sealed, acknowledged);
                Keeping keeping = new Keeping(archiver, spools, pace, first, progress, elsewhere(beside));
                SegmentReceiver receiver = new SegmentReceiver(source, from.next(), spools, keeping, tap(beside))) {
            keeping.begin(receiver);
            WalStreamEnd end = stream.run(receiver);
            // Where the timeline ends, its last segment is never whole: what there is of it goes into the repository
            // before anything of the next one, or it would be in the tail alone.
            keeping.finish(receiver);
            return end;
        } catch (CorruptDataException invalid) {
            archiver.tell(Severity.ERROR, "wal at " + stream.received() + " of timeline " + from.timeline(), invalid);
            throw invalid;
        } finally {
            received += stream.received().minus(from.next());
        }
    }

    private static Keeping.Elsewhere elsewhere(@Nullable ConnectionTail tail) {
        return new Keeping.Elsewhere(() -> tail != null && tail.isWritten(), Keeping.STORE_PATIENCE);
    }

    private static SegmentReceiver.Tap tap(@Nullable ConnectionTail tail) {
        return tail == null ? (_, _, _, _) -> {} : tail;
    }

    /// The repository was opened for one kind of lock, and with or without a tail; under another policy the next
    /// connection opens it anew.
    private void requireSamePolicy() {
        if (wanted.get().hasTail() != registration.policy().hasTail()) {
            throw new RetryableException(
                    FailureCode.CONFIGURATION,
                    "the policy of database '" + registration.id() + "' wants walDurability "
                            + wanted.get().walDurability() + " now",
                    "Reception goes on under the new policy at once.");
        }
        Immutability now = wanted.get().immutability();
        if (!now.equals(registration.policy().immutability())) {
            throw new RetryableException(
                    FailureCode.CONFIGURATION,
                    "the policy of database '" + registration.id() + "' wants its wal locked as " + now
                            + " now, and not as " + registration.policy().immutability(),
                    "Reception goes on under the new policy at once.");
        }
    }

    private void dropSlot() {
        attempt.requireRecentRenewal();
        try (ReplicationConnection connection = connect()) {
            connection.dropSlot(registration.id().slotName());
        }
    }

    private ReplicationConnection connect() {
        return servers.replication(registration, registration.policy().hasTail() ? TAIL_NAME : "walkback_wal");
    }
}
