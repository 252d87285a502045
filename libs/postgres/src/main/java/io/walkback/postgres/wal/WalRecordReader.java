package io.walkback.postgres.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.Lsn;
import io.walkback.domain.WalSegment;
import java.util.zip.CRC32C;

/// Walks the records of a stream of WAL, in one pass and with the memory of a record's first bytes, however long
/// the record: checks pages (as [WalPageChecker] does), lengths, the chain of previous records and each record's
/// CRC32C, and reports what recovery can aim at.
///
/// Begins at the start of a page, best of a segment; the rest of a record from before is passed over, unchecked.
/// Not thread-safe.
///
/// Throws [io.walkback.domain.CorruptDataException], `WAL_INVALID` or `SYSTEM_IDENTIFIER_MISMATCH`; after that the
/// reader is of no more use. To read on after a timeline switch, make a new reader.
public final class WalRecordReader {
    /// PostgreSQL writes none longer than 1 GiB.
    private static final long LONGEST_RECORD = 1L << 30;

    private final WalSource source;
    private final WalEvents events;
    private final WalPageChecker pages;
    private final byte[] prefix = new byte[WalRecord.PREFIX];
    private final CRC32C crc = new CRC32C();

    private State state = State.FIRST_PAGE;
    private Lsn recordStart = Lsn.INVALID;
    private Lsn previous = Lsn.INVALID;
    private long total;
    private long read;
    private SegmentTally tally = new SegmentTally();
    private boolean whole;

    private enum State {
        /// No page was read yet.
        FIRST_PAGE,
        /// In a record that began before our first page: `read` of `total` bytes passed over.
        PASSING_OVER,
        /// At a record's start, or in the padding before it.
        BETWEEN,
        /// `read` bytes of a record seen.
        IN_RECORD,
        /// After a switch: nothing but zeros up to the segment's end.
        SWITCHED
    }

    /// @param start where the first byte lies, at the beginning of a page
    public WalRecordReader(WalSource source, Lsn start, WalEvents events) {
        this.source = source;
        this.events = events;
        this.whole = start.bytes() % source.segmentSize() == 0;
        this.pages = new WalPageChecker(source, start, new WalPageChecker.Content() {
            @Override
            public void page(Lsn page, WalPageHeader header) {
                pageRead(page, header);
            }

            @Override
            public void content(Lsn at, byte[] buffer, int offset, int length) {
                contentRead(at, buffer, offset, length);
            }
        });
    }

    /// Where the next byte belongs.
    public Lsn position() {
        return pages.position();
    }

    /// Takes the next bytes, which must begin at [#position].
    public void accept(Lsn start, byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        Lsn next = start;
        while (at < end) {
            int take = (int) Math.min(end - at, source.segmentSize() - next.bytes() % source.segmentSize());
            pages.accept(next, buffer, at, take);
            at += take;
            next = next.plus(take);
            if (next.bytes() % source.segmentSize() == 0) {
                WalSegment segment = WalSegment.endingAt(source.timeline(), next, source.segmentSize());
                events.segmentEnded(tally.summary(segment, whole));
                tally = new SegmentTally();
                whole = true;
                if (state == State.SWITCHED) {
                    state = State.BETWEEN;
                }
            }
        }
    }

    private void pageRead(Lsn page, WalPageHeader header) {
        if (state == State.FIRST_PAGE) {
            total = header.remaining();
            read = 0;
            state = header.continuesRecord() ? State.PASSING_OVER : State.BETWEEN;
            return;
        }
        if (state == State.SWITCHED) {
            if (header.remaining() != 0) {
                throw invalid(page, "continues a record after a switch");
            }
            return;
        }
        if (header.isAbsent()) {
            throw invalid(page, "is a page without a header, and no switch came before");
        }
        boolean inside = state != State.BETWEEN;
        if (header.abandonsRecord()) {
            // The server crashed before it had written the rest, and says so when it goes on.
            if (!inside || header.continuesRecord()) {
                throw invalid(page, "gives up a record that it does not interrupt");
            }
            state = State.BETWEEN;
        } else if (inside != header.continuesRecord() || (inside && header.remaining() != total - read)) {
            throw invalid(
                    page,
                    "has " + header.remaining() + " bytes of a record from before, not " + (inside ? total - read : 0));
        }
    }

    private void contentRead(Lsn start, byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            Lsn here = start.plus(at - offset);
            switch (state) {
                case PASSING_OVER -> {
                    int take = (int) Math.min(total - read, end - at);
                    read += take;
                    at += take;
                    state = read == total ? State.BETWEEN : state;
                }
                case BETWEEN -> {
                    int padding = (int) Math.min(-here.bytes() & 7, end - at);
                    at += padding;
                    if (at < end) {
                        recordStart = here.plus(padding);
                        read = 0;
                        total = WalFormat.RECORD_HEADER;
                        crc.reset();
                        state = State.IN_RECORD;
                    }
                }
                case IN_RECORD -> at = inRecord(here, buffer, at, end);
                case SWITCHED -> {
                    if (!WalPageChecker.isZero(buffer, at, end - at)) {
                        throw invalid(here, "has content after a switch");
                    }
                    at = end;
                }
                case FIRST_PAGE -> throw new IllegalStateException("content before a page header");
            }
        }
    }

    /// The header first, whose length field is always on the record's first page; then the rest.
    private int inRecord(Lsn here, byte[] buffer, int at, int end) {
        boolean header = read < WalFormat.RECORD_HEADER;
        int take = (int) Math.min((header ? WalFormat.RECORD_HEADER : total) - read, end - at);
        int kept = (int) Math.min(take, Math.max(0, WalRecord.PREFIX - read));
        System.arraycopy(buffer, at, prefix, (int) Math.min(read, WalRecord.PREFIX), kept);
        if (!header) {
            crc.update(buffer, at, take);
        }
        boolean lengthUnknown = read < Integer.BYTES;
        read += take;
        if (lengthUnknown && read >= Integer.BYTES) {
            total = WalFormat.u32(prefix, 0);
            if (total < WalFormat.RECORD_HEADER || total > LONGEST_RECORD) {
                throw invalid(recordStart, "is no record: its length would be " + total);
            }
        }
        if (read == total) {
            recordRead(here.plus(take));
        }
        return at + take;
    }

    private void recordRead(Lsn end) {
        crc.update(prefix, 0, 20);
        if ((int) crc.getValue() != WalFormat.i32(prefix, 20)) {
            throw invalid(recordStart, "is a record of " + total + " bytes that does not match its crc");
        }
        Lsn linked = new Lsn(WalFormat.i64(prefix, 8));
        if (previous.isValid() ? !linked.equals(previous) : !linked.isBefore(recordStart)) {
            throw invalid(recordStart, "is a record that follows " + linked + ", not " + previous);
        }
        previous = recordStart;
        tally.record();
        events.recordRead(recordStart, end);
        state = State.BETWEEN;
        int known = (int) Math.min(total, WalRecord.PREFIX);
        Lsn aligned = new Lsn(end.bytes() + 7 & ~7L);
        TransactionEnd transaction = WalRecord.transactionEnd(prefix, known, recordStart, aligned);
        if (transaction != null) {
            tally.transaction(transaction);
            events.transactionEnded(transaction);
        }
        RestorePoint point = WalRecord.restorePoint(prefix, known, recordStart, aligned);
        if (point != null) {
            tally.restorePoint(point);
            events.restorePoint(point);
        }
        if (WalRecord.isSwitch(prefix) && end.bytes() % source.segmentSize() != 0) {
            state = State.SWITCHED;
        }
    }

    private CorruptDataException invalid(Lsn at, String what) {
        return WalPageHeader.invalid(at, source, what);
    }
}
