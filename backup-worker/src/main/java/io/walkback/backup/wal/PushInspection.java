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
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads pushed WAL as the receiver reads a stream: every page and record. The records of a segment are followed
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

    /// What is read of `content` is followed as it goes by. `WAL_INVALID` or `SYSTEM_IDENTIFIER_MISMATCH` comes out of
    /// reading what is no WAL of that segment, or does not follow its predecessor.
    ///
    /// @param content the segment's bytes; not closed here
    /// @throws IOException when `content` cannot be read
    Passing passing(Archiver archiver, TimelineHistory history, WalSegment segment, InputStream content)
            throws IOException {
        byte[] magic = content.readNBytes(2);
        WalSource source = source(archiver, history, segment, magic);
        Line line = new Line(archiver.system(), segment.timeline());
        Follower known = followers.get(line);
        Follower follower =
                known != null && known.reader.position().equals(segment.start()) && followers.remove(line, known)
                        ? known
                        : new Follower(source, segment.start());
        return new Passing(line, segment, follower, magic, content);
    }

    /// A segment on its way to the store. For one thread.
    final class Passing extends InputStream {
        private final Line line;
        private final WalSegment segment;
        private final Follower follower;
        private final InputStream content;
        private byte[] before;
        private Lsn at;

        private Passing(Line line, WalSegment segment, Follower follower, byte[] before, InputStream content) {
            this.line = line;
            this.segment = segment;
            this.follower = follower;
            this.before = before;
            this.content = content;
            this.at = segment.start();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /// @throws UncheckedIOException when `content` cannot be read, or ends early: its sender is gone, which is
        /// no fault of whoever stores it
        @Override
        public int read(byte[] into, int offset, int length) {
            int read = before.length > 0 ? again(into, offset, length) : fresh(into, offset, length);
            if (read > 0) {
                follower.reader.accept(at, into, offset, read);
                at = at.plus(read);
            } else if (read < 0) {
                followers.merge(line, follower, PushInspection::farther);
            }
            return read;
        }

        private int again(byte[] into, int offset, int length) {
            int count = Math.min(before.length, length);
            System.arraycopy(before, 0, into, offset, count);
            before = Arrays.copyOfRange(before, count, before.length);
            return count;
        }

        private int fresh(byte[] into, int offset, int length) {
            try {
                int read = content.read(into, offset, length);
                if (read < 0 && at.isBefore(segment.end())) {
                    throw new IOException("'" + segment.fileName() + "' ended after " + at.minus(segment.start())
                            + " of " + segment.size() + " bytes");
                }
                return read;
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        /// Of the segment, once it was read to its end.
        SegmentSummary summary() {
            SegmentSummary summary = follower.summary;
            if (summary == null || !summary.segment().equals(segment)) {
                throw new IllegalStateException("segment " + segment + " was read to " + at);
            }
            return summary;
        }
    }

    private static Follower farther(Follower one, Follower other) {
        return one.reader.position().isAfter(other.reader.position()) ? one : other;
    }

    /// How far a segment that was cut off is WAL: to the end of its last whole record, or of its first page where
    /// no record ends in it. What follows in the file is what an earlier use of it left there. `WAL_INVALID` or
    /// `SYSTEM_IDENTIFIER_MISMATCH` for a first page that is not that segment's.
    Lsn reach(Archiver archiver, TimelineHistory history, WalSegment segment, SegmentSpool spool) {
        WalSource source = source(archiver, history, segment, spool.read(0, 2));
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

    private static WalSource source(Archiver archiver, TimelineHistory history, WalSegment segment, byte[] magic) {
        if (magic.length < 2) {
            throw new IllegalArgumentException("the beginning of " + segment + " has " + magic.length + " bytes");
        }
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
