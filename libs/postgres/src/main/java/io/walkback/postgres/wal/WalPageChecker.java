package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;

/// Checks WAL page by page while it arrives: magic of the major, address, timeline, and on the first page of a
/// segment system identifier, segment size and block size; and that no byte is missing in between.
///
/// A page without a header is accepted where PostgreSQL leaves one: after a switch, up to the end of the segment,
/// where everything is zero. Memory: one page header. Not thread-safe.
///
/// Throws [io.walkback.domain.CorruptDataException], `WAL_INVALID` or `SYSTEM_IDENTIFIER_MISMATCH`; after that the
/// checker is of no more use.
public final class WalPageChecker {
    /// What lies between page headers.
    interface Content {
        /// A header was read; its content follows.
        void page(Lsn page, WalPageHeader header);

        /// Bytes of the page after its header, the first of them at `at`.
        void content(Lsn at, byte[] buffer, int offset, int length);
    }

    private static final Content NOBODY = new Content() {
        @Override
        public void page(Lsn page, WalPageHeader header) {}

        @Override
        public void content(Lsn at, byte[] buffer, int offset, int length) {}
    };

    private final WalSource source;
    private final Content content;
    private final byte[] header = new byte[WalFormat.LONG_HEADER];
    private int gathered;
    private long position;
    private boolean zeroTail;

    /// @param start where the first byte lies, at the beginning of a page
    public WalPageChecker(WalSource source, Lsn start) {
        this(source, start, NOBODY);
    }

    WalPageChecker(WalSource source, Lsn start, Content content) {
        if (start.bytes() % WalFormat.PAGE != 0) {
            throw new IllegalArgumentException(start + " is not the beginning of a wal page");
        }
        this.source = source;
        this.content = content;
        this.position = start.bytes();
    }

    /// Where the next byte belongs.
    public Lsn position() {
        return new Lsn(position);
    }

    /// Takes the next bytes, which must begin at [#position].
    public void accept(Lsn start, byte[] buffer, int offset, int length) {
        if (start.bytes() != position) {
            throw WalPageHeader.invalid(start, source, "does not follow " + position());
        }
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int inPage = (int) (position & (WalFormat.PAGE - 1));
            int headerSize = WalPageHeader.size(new Lsn(position - inPage), source);
            int take;
            if (zeroTail) {
                take = (int) Math.min(end - at, source.segmentSize() - position % source.segmentSize());
                requireZero(buffer, at, take);
            } else if (inPage < headerSize) {
                take = Math.min(headerSize - inPage, end - at);
                System.arraycopy(buffer, at, header, gathered, take);
                gathered += take;
            } else {
                take = Math.min(WalFormat.PAGE - inPage, end - at);
                content.content(new Lsn(position), buffer, at, take);
            }
            at += take;
            position += take;
            if (gathered == headerSize) {
                gathered = 0;
                headerRead(new Lsn(position - headerSize), headerSize);
            }
            if (position % source.segmentSize() == 0) {
                zeroTail = false;
            }
        }
    }

    private void headerRead(Lsn page, int headerSize) {
        if (headerSize == WalFormat.SHORT_HEADER && isZero(header, 0, headerSize)) {
            zeroTail = true;
            content.page(page, WalPageHeader.ABSENT);
        } else {
            content.page(page, WalPageHeader.check(header, page, source));
        }
    }

    private void requireZero(byte[] buffer, int offset, int length) {
        if (!isZero(buffer, offset, length)) {
            throw WalPageHeader.invalid(position(), source, "has content after a page without a header");
        }
    }

    static boolean isZero(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
