package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.Severity;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.wal.SealedPieces;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailRecord;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings into the repository what a tail has and the repository has not: whole segments, inspected as received
/// ones are, and a piece of the last one of each timeline. Needs no server. For one thread; memory as reception.
///
/// Records are united by timeline and LSN, whoever wrote them; where two have other bytes for one LSN, that is told
/// as an incident, the one that came first counts, and neither is removed. Bytes behind a hole, which nothing in
/// the repository fills, are stored as pieces: they may be needed, and nobody was told that they are safe.
final class TailDrain {
    private static final Logger LOG = LoggerFactory.getLogger(TailDrain.class);

    private final LineageRepository lineage;
    private final Archiver archiver;
    private final Spools spools;
    private final Keeping.Pace pace;

    TailDrain(LineageRepository lineage, Archiver archiver, Spools spools, Keeping.Pace pace) {
        this.lineage = lineage;
        this.archiver = archiver;
        this.spools = spools;
        this.pace = pace;
    }

    private record Reach(Lsn from, Lsn to) {
        Reach with(WalPiece piece) {
            return new Reach(Lsn.min(from, piece.from()), Lsn.max(to, piece.to()));
        }
    }

    /// Everything that is in the tail now. Reads it once to see what there is, and once more where that is not in
    /// the repository.
    void run(TailLog log) {
        TailLog.Span span = log.span();
        Map<TimelineId, Reach> timelines = new TreeMap<>();
        log.read(span, record -> {
            if (record.system().equals(archiver.system())) {
                WalPiece piece = record.piece();
                timelines.compute(
                        piece.segment().timeline(),
                        (_, known) -> known == null ? new Reach(piece.from(), piece.to()) : known.with(piece));
            }
            return true;
        });
        try (SealedPieces pieces = new SealedPieces(lineage.lineage())) {
            timelines.forEach((timeline, reach) -> drain(log, span, timeline, reach, pieces));
        }
    }

    private void drain(TailLog log, TailLog.Span span, TimelineId timeline, Reach reach, SealedPieces pieces) {
        WalArchive archive = archiver.archive();
        WalSegment first = WalSegment.containing(timeline, reach.from(), archiver.segmentSize());
        while (archive.contains(first) && first.end().isBefore(reach.to())) {
            first = first.next();
        }
        if (archive.contains(first) || !stored(first).end().isBefore(reach.to())) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("timeline", timeline)
                .addKeyValue("from", first.start())
                .addKeyValue("to", reach.to())
                .log("wal is taken over from the tail");
        try (Feed feed = new Feed(first, pieces)) {
            if (!feedAll(log, span, timeline, feed)) {
                keepIslands(log, span, timeline, feed.next, pieces);
            }
        }
    }

    /// Whether everything was in one piece.
    private boolean feedAll(TailLog log, TailLog.Span span, TimelineId timeline, Feed feed) {
        boolean beyond = true;
        try {
            for (Lsn before = null; beyond && !feed.next.equals(before); ) {
                before = feed.next;
                beyond = pass(log, span, timeline, feed);
            }
        } catch (CorruptDataException invalid) {
            archiver.tell(Severity.ERROR, "the tail at " + feed.next + " of timeline " + timeline, invalid);
        }
        feed.finish();
        return !beyond;
    }

    /// How far pieces of a segment reach without a hole.
    private DurablePrefix stored(WalSegment segment) {
        DurablePrefix stored = new DurablePrefix(segment.start());
        archiver.archive().pieces(segment).forEach(piece -> stored.add(piece.from(), piece.to()));
        return stored;
    }

    /// Whether there is something behind a hole.
    private boolean pass(TailLog log, TailLog.Span span, TimelineId timeline, Feed feed) {
        boolean[] beyond = new boolean[1];
        log.read(span, record -> {
            if (isOf(record, timeline) && record.piece().to().isAfter(feed.next)) {
                if (record.piece().from().isAfter(feed.next)) {
                    feed.fill(record.piece().from());
                }
                if (record.piece().from().isAfter(feed.next)) {
                    beyond[0] = true;
                } else {
                    feed.take(record);
                }
            }
            return true;
        });
        return beyond[0];
    }

    private boolean isOf(TailRecord record, TimelineId timeline) {
        return record.system().equals(archiver.system())
                && record.piece().segment().timeline().equals(timeline);
    }

    private void keepIslands(TailLog log, TailLog.Span span, TimelineId timeline, Lsn behind, SealedPieces pieces) {
        log.read(span, record -> {
            if (isOf(record, timeline)
                    && record.piece().to().isAfter(behind)
                    && !archiver.archive().contains(record.piece().segment())) {
                keepIsland(record, pieces);
            }
            return true;
        });
    }

    private void keepIsland(TailRecord record, SealedPieces pieces) {
        byte[] bytes;
        try {
            bytes = record.open(pieces);
        } catch (CorruptDataException damaged) {
            archiver.tell(Severity.CRITICAL, "record " + record.offset() + " of the tail", damaged);
            return;
        }
        archiver.keep(record.piece(), bytes);
    }

    /// One timeline's bytes in order.
    private final class Feed implements AutoCloseable {
        private final WalSegment first;
        private final SealedPieces pieces;
        private @Nullable Keeping keeping;
        private @Nullable SegmentReceiver receiver;
        private Lsn next;

        Feed(WalSegment first, SealedPieces pieces) {
            this.first = first;
            this.pieces = pieces;
            this.next = first.start();
        }

        void take(TailRecord record) {
            take(record.piece(), record.open(pieces));
        }

        private void take(WalPiece piece, byte[] bytes) {
            int known = (int) next.minus(piece.from());
            if (known > 0) {
                compare(piece, bytes, known);
            }
            receiver(bytes, known).data(next, bytes, known, bytes.length - known);
            next = piece.to();
        }

        /// What the repository has as pieces, up to `to`.
        void fill(Lsn to) {
            for (Optional<WalPiece> piece = storedAt(next);
                    piece.isPresent() && next.isBefore(to);
                    piece = storedAt(next)) {
                Optional<WalObject> stored = archiver.archive().findPiece(piece.get());
                if (stored.isEmpty()) {
                    return;
                }
                take(piece.get(), stored.get().readAll());
            }
        }

        private Optional<WalPiece> storedAt(Lsn position) {
            return archiver.archive().pieces(WalSegment.containing(first.timeline(), position, first.size())).stream()
                    .filter(piece ->
                            !piece.from().isAfter(position) && piece.to().isAfter(position))
                    .findFirst();
        }

        private void compare(WalPiece piece, byte[] bytes, int known) {
            SegmentReceiver received = receiver;
            if (received == null) {
                return;
            }
            WalPiece same = new WalPiece(piece.segment(), piece.from(), next);
            received.content(same).ifPresent(earlier -> {
                if (!earlier.equals(ByteBuffer.wrap(bytes, 0, known))) {
                    archiver.tell(Severity.CRITICAL, "the tail at " + piece.from(), conflict(piece));
                }
            });
        }

        private SegmentReceiver receiver(byte[] bytes, int offset) {
            SegmentReceiver there = receiver;
            if (there == null) {
                Keeping keeper = new Keeping(archiver, spools, pace, first, new Silent());
                keeping = keeper;
                there = new SegmentReceiver(source(bytes, offset), first.start(), spools, keeper);
                receiver = there;
            }
            return there;
        }

        private WalSource source(byte[] bytes, int offset) {
            int major = bytes.length - offset < 2
                    ? 0
                    : WalSource.majorOf(bytes[offset], bytes[offset + 1]).orElse(0);
            if (major == 0) {
                throw new CorruptDataException(
                        FailureCode.WAL_INVALID,
                        "the tail's wal segment " + first + " does not begin like wal of PostgreSQL 15 to 18",
                        "Nothing was removed from the tail.");
            }
            return new WalSource(major, archiver.system(), history(), first.size());
        }

        private TimelineHistory history() {
            TimelineId timeline = first.timeline();
            return timeline.equals(TimelineId.FIRST)
                    ? TimelineHistory.root(timeline)
                    : archiver.archive()
                            .findHistory(timeline)
                            .map(stored -> TimelineHistory.parse(timeline, stored.readAll()))
                            .orElseGet(() -> TimelineHistory.root(timeline));
        }

        /// Everything that was fed is in the repository, the unfinished segment as pieces.
        void finish() {
            SegmentReceiver received = receiver;
            Keeping keeper = keeping;
            if (received == null || keeper == null) {
                return;
            }
            keeper.finish();
            WalSegment unfinished = WalSegment.containing(first.timeline(), next, first.size());
            received.kept(Lsn.min(next, stored(unfinished).end()));
            for (Optional<SegmentReceiver.Rest> rest = received.rest(); rest.isPresent(); rest = received.rest()) {
                archiver.keep(rest.get().piece(), rest.get().content().array());
                received.kept(rest.get().piece().to());
            }
            for (WalSegment whole = first; whole.end().compareTo(next) <= 0; whole = whole.next()) {
                archiver.dropPieces(whole);
            }
        }

        @Override
        public void close() {
            if (receiver != null) {
                receiver.close();
            }
            if (keeping != null) {
                keeping.close();
            }
        }
    }

    private static OperatorActionException conflict(WalPiece piece) {
        return new OperatorActionException(
                FailureCode.WAL_CONFLICT,
                "two writers have put different wal into the tail for " + piece.from() + " to " + piece.to()
                        + " of timeline " + piece.segment().timeline(),
                "Two servers may be running on one timeline. Stop one of them; nothing is removed from the tail.");
    }

    /// Nobody waits for what comes out of a tail.
    private static final class Silent implements Keeping.Progress {
        @Override
        public void durable(Lsn end) {}

        @Override
        public void heard(Lsn end) {}

        @Override
        public void stop() {}
    }
}
