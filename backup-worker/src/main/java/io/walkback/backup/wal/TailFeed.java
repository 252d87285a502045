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
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One timeline's bytes in order, out of a tail and out of the repository, on their way into the repository as if
/// they were received. For one thread; memory as reception.
final class TailFeed implements AutoCloseable {
    private static final int BUFFER = 256 << 10;

    private final Archiver archiver;
    private final Spools spools;
    private final Keeping.Pace pace;
    private final WalSegment first;
    private @Nullable Keeping keeping;
    private @Nullable SegmentReceiver receiver;
    private Lsn next;
    /// Where the repository had nothing when it was asked.
    private Lsn hole = Lsn.INVALID;

    /// @param first where the bytes begin; the repository does not have it whole
    TailFeed(Archiver archiver, Spools spools, Keeping.Pace pace, WalSegment first) {
        this.archiver = archiver;
        this.spools = spools;
        this.pace = pace;
        this.first = first;
        this.next = first.start();
    }

    /// Everything before it was taken.
    Lsn next() {
        return next;
    }

    /// Takes a piece that begins at [#next] or before it, and ends behind it. What was taken before is compared:
    /// `WAL_CONFLICT`, and nothing of the piece is taken, where it is different.
    void take(WalPiece piece, byte[] bytes) {
        int known = (int) next.minus(piece.from());
        if (known > 0) {
            compare(piece, bytes, known);
        }
        take(bytes, known, bytes.length - known);
    }

    private void take(byte[] bytes, int offset, int length) {
        receiver(bytes, offset, length).data(next, bytes, offset, length);
        next = next.plus(length);
    }

    /// Takes what the repository has from [#next] on, up to `to` and no farther than it must.
    void fill(Lsn to) {
        while (next.isBefore(to) && !next.equals(hole)) {
            WalSegment segment = WalSegment.containing(first.timeline(), next, first.size());
            Optional<WalObject> whole = archiver.archive().findSegment(segment);
            if (whole.isPresent()) {
                takeRest(segment, whole.get());
            } else if (!takePiece(segment)) {
                hole = next;
            }
        }
    }

    private void takeRest(WalSegment segment, WalObject whole) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = whole.open()) {
            in.skipNBytes(next.minus(segment.start()));
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                take(buffer, 0, count);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("a store's stream throws no IOException", impossible);
        }
    }

    /// False where there is none.
    private boolean takePiece(WalSegment segment) {
        Optional<WalPiece> there = archiver.archive().pieces(segment).stream()
                .filter(piece -> !piece.from().isAfter(next) && piece.to().isAfter(next))
                .findFirst();
        Optional<WalObject> stored = there.flatMap(archiver.archive()::findPiece);
        if (there.isEmpty() || stored.isEmpty()) {
            return false;
        }
        take(there.get(), stored.get().readAll());
        return true;
    }

    private void compare(WalPiece piece, byte[] bytes, int known) {
        SegmentReceiver received = receiver;
        if (received == null) {
            return;
        }
        WalPiece same = new WalPiece(piece.segment(), piece.from(), next);
        received.content(same).ifPresent(earlier -> {
            if (!earlier.equals(ByteBuffer.wrap(bytes, 0, known))) {
                OperatorActionException conflict = conflict(piece);
                archiver.tell(Severity.CRITICAL, "the tail at " + piece.from(), conflict);
                throw conflict;
            }
        });
    }

    private static OperatorActionException conflict(WalPiece piece) {
        return new OperatorActionException(
                FailureCode.WAL_CONFLICT,
                "two writers have put different wal into the tail for " + piece.from() + " to " + piece.to()
                        + " of timeline " + piece.segment().timeline(),
                "Two servers may be running on one timeline. Stop one of them; nothing is removed from the tail.");
    }

    private SegmentReceiver receiver(byte[] bytes, int offset, int length) {
        SegmentReceiver there = receiver;
        if (there == null) {
            Keeping keeper = new Keeping(archiver, spools, pace, first, new Silent());
            keeping = keeper;
            there = new SegmentReceiver(source(bytes, offset, length), first.start(), spools, keeper);
            receiver = there;
        }
        return there;
    }

    private WalSource source(byte[] bytes, int offset, int length) {
        int major = length < 2
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

    /// When it returns, everything that was taken is in the repository, the unfinished segment as pieces.
    void finish() {
        SegmentReceiver received = receiver;
        Keeping keeper = keeping;
        if (received == null || keeper == null) {
            return;
        }
        keeper.finish();
        WalSegment unfinished = WalSegment.containing(first.timeline(), next, first.size());
        received.kept(Lsn.min(next, archiver.pieced(unfinished).end()));
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

    /// Nobody waits for what comes out of a tail.
    private static final class Silent implements Keeping.Progress {
        @Override
        public void sealed(WalSegment segment) {}

        @Override
        public void durable(Lsn end) {}

        @Override
        public void heard(Lsn end) {}

        @Override
        public void stop() {}
    }
}
