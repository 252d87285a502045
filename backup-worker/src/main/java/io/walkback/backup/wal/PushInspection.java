package io.walkback.backup.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.wal.SegmentSummary;
import io.walkback.postgres.wal.WalEvents;
import io.walkback.postgres.wal.WalPageChecker;
import io.walkback.postgres.wal.WalRecordReader;
import io.walkback.postgres.wal.WalSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads spooled WAL as the receiver reads a stream: every page and record. The records of a segment are followed
/// from those of its predecessor while that was the last one of its timeline that came through here; else from its
/// own first page. Thread-safe; keeps one reader for each timeline of each cluster that pushes.
final class PushInspection {
    private static final Logger LOG = LoggerFactory.getLogger(PushInspection.class);
    private static final int BUFFER = 128 << 10;
    private static final int PAGE = 8192;

    private record Line(SystemIdentifier system, TimelineId timeline) {}

    /// A reader and where it reports to, at the end of a segment that it found good.
    private static final class Follower implements WalEvents {
        private final WalRecordReader reader;
        private @Nullable SegmentSummary summary;
        private @Nullable Lsn lastRecord;

        Follower(WalSource source, Lsn start) {
            reader = new WalRecordReader(source, start, this);
        }

        @Override
        public void recordRead(Lsn record, Lsn end) {
            lastRecord = end;
        }

        @Override
        public void segmentEnded(SegmentSummary ended) {
            summary = ended;
        }
    }

    private final Map<Line, Follower> followers = new ConcurrentHashMap<>();

    /// A whole segment, to be stored. `WAL_INVALID` or `SYSTEM_IDENTIFIER_MISMATCH` for what is none, or does not
    /// follow its predecessor.
    SegmentReceiver.Whole whole(Archiver archiver, TimelineHistory history, WalSegment segment, SegmentSpool spool) {
        Line line = new Line(archiver.system(), segment.timeline());
        Follower known = followers.remove(line);
        Follower follower = known != null && known.reader.position().equals(segment.start())
                ? known
                : new Follower(source(archiver, history, segment, spool), segment.start());
        try {
            follow(follower, segment.start(), spool.read());
        } catch (CorruptDataException invalid) {
            if (known != null && known != follower) {
                followers.put(line, known);
            }
            throw invalid;
        }
        SegmentSummary summary = follower.summary;
        if (summary == null || !summary.segment().equals(segment)) {
            throw new IllegalStateException("segment " + segment + " was read to " + follower.reader.position());
        }
        Follower farthest =
                known != null && known.reader.position().isAfter(follower.reader.position()) ? known : follower;
        followers.merge(
                line, farthest, (one, other) -> one.reader.position().isAfter(other.reader.position()) ? one : other);
        return new SegmentReceiver.Whole(segment, summary, spool);
    }

    /// How far a segment that was cut off is WAL: to the end of its last whole record, or of its first page where
    /// no record ends in it. What follows in the file is what an earlier use of it left there. `WAL_INVALID` or
    /// `SYSTEM_IDENTIFIER_MISMATCH` for a first page that is not that segment's.
    Lsn reach(Archiver archiver, TimelineHistory history, WalSegment segment, SegmentSpool spool) {
        WalSource source = source(archiver, history, segment, spool);
        new WalPageChecker(source, segment.start()).accept(segment.start(), spool.read(0, PAGE), 0, PAGE);
        Follower follower = new Follower(source, segment.start());
        try {
            follow(follower, segment.start(), spool.read());
        } catch (CorruptDataException end) {
            LOG.atDebug().setCause(end).addKeyValue("segment", segment).log("a partial wal segment ends here");
        }
        Lsn records = follower.lastRecord;
        return records == null ? segment.start().plus(PAGE) : records;
    }

    private static WalSource source(
            Archiver archiver, TimelineHistory history, WalSegment segment, SegmentSpool spool) {
        byte[] magic = spool.read(0, 2);
        int major = WalSource.majorOf(magic[0], magic[1])
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.WAL_INVALID,
                        "what was pushed as wal segment " + segment + " does not begin like wal of PostgreSQL 15 to 18",
                        "See whether archive_command hands over the file itself, and whether that file is damaged."));
        return new WalSource(major, archiver.system(), history, archiver.segmentSize());
    }

    private static void follow(Follower follower, Lsn start, InputStream content) {
        byte[] buffer = new byte[BUFFER];
        Lsn at = start;
        try {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                follower.reader.accept(at, buffer, 0, read);
                at = at.plus(read);
            }
        } catch (IOException fault) {
            throw unreadable(fault);
        }
    }

    private static RetryableException unreadable(IOException fault) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "a pushed wal file cannot be read back from the spool: " + fault.getMessage(),
                "See the disk of WAL_ARCHIVE_DIR. Nothing was stored; the server pushes it again.",
                fault);
    }
}
