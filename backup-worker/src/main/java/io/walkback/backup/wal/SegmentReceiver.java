package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.replication.WalSink;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.wal.WalPiece;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of WAL into segments, checks every page and record on the way, and hands each whole segment over.
/// Bytes come on one thread; [#rest], [#kept] and [#close] may be called by others. Memory: a buffer's slice;
/// segments lie in spool files.
final class SegmentReceiver implements WalSink, WalEvents, AutoCloseable {
    /// A segment that is complete and was found to be what it claims to be.
    ///
    /// @param content exactly the segment's bytes; who takes it gives it back
    record Whole(WalSegment segment, SegmentSummary summary, SegmentSpool content) {}

    /// The beginning of what is not durable yet of the unfinished segment.
    record Rest(WalPiece piece, ByteBuffer content) {}

    /// What becomes of what was received.
    interface Keeper {
        /// Takes a segment to make it durable, or throws what keeps earlier ones from being durable; then it has
        /// not taken the file.
        void take(Whole whole);

        /// An empty file for the next segment; waits until there is one, or throws why there is none.
        SegmentSpool room() throws InterruptedException;

        /// The server waits until everything that it sent is durable.
        void hurry();

        /// The server's WAL reaches to `end`.
        void heard(Lsn end);
    }

    /// Takes bytes that were found to be WAL, before anything waits.
    interface Tap {
        void inspected(Lsn from, byte[] buffer, int offset, int length);
    }

    /// A segment may have a GiB; its pieces are held in memory one by one.
    private static final int LONGEST_PIECE = 8 << 20;

    private final WalSource source;
    private final Spools spools;
    private final Keeper keeper;
    private final Tap tap;
    private final WalRecordReader reader;
    private @Nullable SegmentSummary ended;

    private final Object lock = new Object();
    /// Guarded by the lock, as is what follows: null between two segments and after the end.
    private @Nullable SegmentSpool spool;

    private Lsn received;
    private Lsn kept;

    /// @param start beginning of a segment
    SegmentReceiver(WalSource source, Lsn start, Spools spools, Keeper keeper) {
        this(source, start, spools, keeper, (_, _, _, _) -> {});
    }

    /// @param start beginning of a segment
    SegmentReceiver(WalSource source, Lsn start, Spools spools, Keeper keeper, Tap tap) {
        this.tap = tap;
        if (start.bytes() % source.segmentSize() != 0) {
            throw new IllegalArgumentException(start + " is not the beginning of a segment");
        }
        this.source = source;
        this.spools = spools;
        this.keeper = keeper;
        this.received = start;
        this.kept = start;
        this.reader = new WalRecordReader(source, start, this);
        this.spool = take();
    }

    @Override
    public void data(Lsn start, byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        Lsn next = start;
        while (at < end) {
            int inSegment = (int) Long.remainderUnsigned(next.bytes(), source.segmentSize());
            int take = Math.min(end - at, source.segmentSize() - inSegment);
            reader.accept(next, buffer, at, take);
            tap.inspected(next, buffer, at, take);
            next = next.plus(take);
            append(buffer, at, take, next);
            at += take;
            if (inSegment + take == source.segmentSize()) {
                whole(next);
            }
        }
    }

    private void append(byte[] buffer, int offset, int length, Lsn end) {
        synchronized (lock) {
            if (spool == null) {
                throw new IllegalStateException("wal up to " + end + " after the end of reception");
            }
            spool.append(buffer, offset, length);
            received = end;
        }
    }

    private void whole(Lsn end) {
        SegmentSummary summary = ended;
        ended = null;
        WalSegment segment = WalSegment.endingAt(source.timeline(), end, source.segmentSize());
        if (summary == null || !summary.segment().equals(segment)) {
            throw new CorruptDataException(
                    FailureCode.WAL_INVALID,
                    "wal segment " + segment + " ended and its records were not read to the end",
                    "Nothing was stored; the segment is asked for again.");
        }
        SegmentSpool content;
        synchronized (lock) {
            content = spool;
            spool = null;
            kept = end;
        }
        if (content == null) {
            throw new IllegalStateException("wal segment " + segment + " after the end of reception");
        }
        try {
            keeper.take(new Whole(segment, summary, content));
        } catch (RuntimeException refused) {
            spools.giveBack(content);
            throw refused;
        }
        SegmentSpool next = take();
        synchronized (lock) {
            spool = next;
        }
    }

    private SegmentSpool take() {
        try {
            return keeper.room();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new OperatorActionException(
                    FailureCode.CANCELLED,
                    "wal reception was interrupted while earlier segments were being stored",
                    "Reception goes on from the archived frontier.");
        }
    }

    /// What of the unfinished segment came after what was [#kept], or its first 8 MiB; empty when there is nothing.
    Optional<Rest> rest() {
        synchronized (lock) {
            if (spool == null || !kept.isBefore(received)) {
                return Optional.empty();
            }
            WalSegment segment = WalSegment.containing(source.timeline(), kept, source.segmentSize());
            int length = (int) Math.min(received.minus(kept), LONGEST_PIECE);
            ByteBuffer content = ByteBuffer.wrap(spool.read(kept.minus(segment.start()), length));
            return Optional.of(new Rest(new WalPiece(segment, kept, kept.plus(length)), content));
        }
    }

    /// Whether there is no [#rest].
    boolean isKept() {
        synchronized (lock) {
            return spool == null || !kept.isBefore(received);
        }
    }

    /// The bytes of a piece of the unfinished segment again; empty when that is complete.
    Optional<ByteBuffer> content(WalPiece piece) {
        synchronized (lock) {
            if (spool == null
                    || !piece.segment().equals(WalSegment.containing(source.timeline(), kept, source.segmentSize()))
                    || received.isBefore(piece.to())) {
                return Optional.empty();
            }
            long at = piece.from().minus(piece.segment().start());
            return Optional.of(ByteBuffer.wrap(spool.read(at, (int) piece.to().minus(piece.from()))));
        }
    }

    /// The unfinished segment is durable up to here.
    void kept(Lsn end) {
        synchronized (lock) {
            kept = Lsn.max(kept, end);
        }
    }

    @Override
    public void segmentEnded(SegmentSummary summary) {
        ended = summary;
    }

    @Override
    public void serverPosition(Lsn end) {
        keeper.heard(end);
    }

    /// The server shuts down and waits until it is told that everything is flushed; it would wait for ever if the
    /// unfinished segment were not kept.
    @Override
    public void flushWanted() {
        keeper.hurry();
    }

    /// Gives the file of the unfinished segment back; what lies in it was never reported, or is kept in pieces.
    @Override
    public void close() {
        synchronized (lock) {
            if (spool != null) {
                spools.giveBack(spool);
                spool = null;
            }
        }
    }
}
