package io.walkback.postgres.wal;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.WalSegment;
import java.util.Locale;

/// The header of one WAL page, checked against where it was found.
///
/// @param flags     `XLP_*`
/// @param remaining bytes that a record from the page before still has, this page's included
record WalPageHeader(int flags, long remaining) {
    /// Stands for a page without a header, as a switch leaves them.
    static final WalPageHeader ABSENT = new WalPageHeader(-1, 0);

    boolean isAbsent() {
        return flags < 0;
    }

    boolean continuesRecord() {
        return !isAbsent() && (flags & WalFormat.FIRST_IS_CONTRECORD) != 0;
    }

    boolean abandonsRecord() {
        return !isAbsent() && (flags & WalFormat.FIRST_IS_OVERWRITE_CONTRECORD) != 0;
    }

    static int size(Lsn page, WalSource source) {
        return page.bytes() % source.segmentSize() == 0 ? WalFormat.LONG_HEADER : WalFormat.SHORT_HEADER;
    }

    static WalPageHeader check(byte[] header, Lsn page, WalSource source) {
        int magic = WalFormat.u16(header, 0);
        int wanted = WalFormat.magic(source.major());
        if (magic != wanted) {
            throw invalid(
                    page,
                    source,
                    String.format(
                            Locale.ROOT, "has magic %04X, not %04X of PostgreSQL %d", magic, wanted, source.major()));
        }
        int flags = WalFormat.u16(header, 2);
        boolean first = size(page, source) == WalFormat.LONG_HEADER;
        if ((flags & ~WalFormat.ALL_FLAGS) != 0 || first != ((flags & WalFormat.LONG_HEADER_FLAG) != 0)) {
            throw invalid(page, source, String.format(Locale.ROOT, "has flags %04X", flags));
        }
        Lsn address = new Lsn(WalFormat.i64(header, 8));
        if (!address.equals(page)) {
            throw invalid(page, source, "says that it is at " + address);
        }
        int timeline = WalFormat.i32(header, 4);
        if (timeline != source.history().containing(page).value()) {
            throw invalid(
                    page,
                    source,
                    "is of timeline " + Integer.toUnsignedString(timeline) + ", not "
                            + source.history().containing(page));
        }
        if (first) {
            checkLong(header, page, source);
        }
        long remaining = WalFormat.u32(header, 16);
        if ((remaining != 0) != ((flags & WalFormat.FIRST_IS_CONTRECORD) != 0)) {
            throw invalid(page, source, "has flags " + flags + " and " + remaining + " bytes of a record from before");
        }
        return new WalPageHeader(flags, remaining);
    }

    private static void checkLong(byte[] header, Lsn page, WalSource source) {
        SystemIdentifier identifier = new SystemIdentifier(WalFormat.i64(header, 24));
        if (!identifier.equals(source.identifier())) {
            throw new CorruptDataException(
                    FailureCode.SYSTEM_IDENTIFIER_MISMATCH,
                    "wal segment " + WalSegment.containing(source.timeline(), page, source.segmentSize())
                            + " is of system " + identifier + ", not " + source.identifier(),
                    "Two clusters use one name: see what this address and this archive_command belong to.");
        }
        int segmentSize = WalFormat.i32(header, 32);
        int blockSize = WalFormat.i32(header, 36);
        if (segmentSize != source.segmentSize() || blockSize != WalFormat.PAGE) {
            throw invalid(
                    page,
                    source,
                    "says segments of " + segmentSize + " and pages of " + blockSize + " bytes, not "
                            + source.segmentSize() + " and " + WalFormat.PAGE);
        }
    }

    static CorruptDataException invalid(Lsn at, WalSource source, String what) {
        return new CorruptDataException(
                FailureCode.WAL_INVALID,
                "wal at " + at + " of timeline " + source.timeline() + " of system " + source.identifier() + " " + what,
                "Do not store it. Fetch the segment again; if it stays so, the source's WAL is damaged.");
    }
}
