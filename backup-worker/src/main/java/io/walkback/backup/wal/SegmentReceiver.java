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
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Cuts a stream of WAL into segments, checks every page and record on the way, and hands each whole segment over.
/// For one thread; memory: a buffer's slice, one segment lies in the spool.
final class SegmentReceiver implements WalSink, WalEvents {
    /// A segment that is complete and was found to be what it claims to be.
    ///
    /// @param content exactly the segment's bytes
    record Sealed(WalSegment segment, SegmentSummary summary, InputStream content) {}

    private final WalSource source;
    private final SegmentSpool spool;
    private final Consumer<Sealed> seal;
    private final Consumer<Lsn> heard;
    private final WalRecordReader reader;
    private @Nullable SegmentSummary ended;

    /// @param start beginning of a segment
    /// @param seal  makes a segment durable, or throws
    /// @param heard is told how far the server's WAL reaches
    SegmentReceiver(WalSource source, Lsn start, SegmentSpool spool, Consumer<Sealed> seal, Consumer<Lsn> heard) {
        if (start.bytes() % source.segmentSize() != 0) {
            throw new IllegalArgumentException(start + " is not the beginning of a segment");
        }
        this.source = source;
        this.spool = spool;
        this.seal = seal;
        this.heard = heard;
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
        seal.accept(new Sealed(segment, summary, spool.read()));
        spool.clear();
    }

    @Override
    public void segmentEnded(SegmentSummary summary) {
        ended = summary;
    }

    @Override
    public void serverPosition(Lsn end) {
        heard.accept(end);
    }
}
