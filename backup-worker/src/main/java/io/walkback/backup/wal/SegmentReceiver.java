package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.replication.WalSink;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import io.walkback.repository.wal.WalPiece;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of WAL into segments, checks every page and record on the way, and hands each whole segment over.
/// For one thread; memory: a buffer's slice, one segment lies in the spool.
final class SegmentReceiver implements WalSink, WalEvents {
    /// A segment that is complete and was found to be what it claims to be.
    ///
    /// @param content exactly the segment's bytes
    record Sealed(WalSegment segment, SegmentSummary summary, InputStream content) {}

    /// What becomes of what was received.
    interface Keeper {
        /// Makes a segment durable, or throws.
        void seal(Sealed whole);

        /// Makes a piece of the unfinished segment durable, or throws.
        void keep(WalPiece piece, byte[] content);

        /// The server's WAL reaches to `end`.
        void heard(Lsn end);
    }

    /// A segment may have a GiB; its pieces are held in memory one by one.
    private static final int LONGEST_PIECE = 8 << 20;

    private final WalSource source;
    private final SegmentSpool spool;
    private final Keeper keeper;
    private final WalRecordReader reader;
    private Lsn kept;
    private @Nullable SegmentSummary ended;

    /// @param start beginning of a segment
    SegmentReceiver(WalSource source, Lsn start, SegmentSpool spool, Keeper keeper) {
        if (start.bytes() % source.segmentSize() != 0) {
            throw new IllegalArgumentException(start + " is not the beginning of a segment");
        }
        this.source = source;
        this.spool = spool;
        this.keeper = keeper;
        this.kept = start;
        this.reader = new WalRecordReader(source, start, this);
        spool.clear();
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
            spool.append(buffer, at, take);
            at += take;
            next = next.plus(take);
            if (inSegment + take == source.segmentSize()) {
                sealed(next);
            }
        }
    }

    private void sealed(Lsn end) {
        SegmentSummary summary = ended;
        ended = null;
        WalSegment segment = WalSegment.endingAt(source.timeline(), end, source.segmentSize());
        if (summary == null || !summary.segment().equals(segment)) {
            throw new CorruptDataException(
                    FailureCode.WAL_INVALID,
                    "wal segment " + segment + " ended and its records were not read to the end",
                    "Nothing was stored; the segment is asked for again.");
        }
        keeper.seal(new Sealed(segment, summary, spool.read()));
        spool.clear();
        kept = end;
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
    /// unfinished segment were not kept. So what is there of it is stored as a piece, and no more than that is
    /// said.
    @Override
    public void flushWanted() {
        Lsn received = reader.position();
        while (kept.isBefore(received)) {
            WalSegment segment = WalSegment.containing(source.timeline(), kept, source.segmentSize());
            int length = (int) Math.min(received.minus(kept), LONGEST_PIECE);
            Lsn to = kept.plus(length);
            keeper.keep(new WalPiece(segment, kept, to), spool.read(kept.minus(segment.start()), length));
            kept = to;
        }
    }
}
