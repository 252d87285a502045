package io.walkback.postgres.page;

import io.walkback.domain.Lsn;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Verifies the pages of relation files while their bytes stream by. One file at a time: [#begin], [#accept] with
/// slices of any length, [#finish]. Memory: one page and the reported mismatches. Not thread-safe.
///
/// A page is judged like this (`pd_lsn` 0..7, two halves of 32 bits; `pd_checksum` 8..9; `pd_upper` 14..15):
/// - all zero: allocated, never written; fine.
/// - `pd_upper` 0 and something else not: no page looks like that, the server refuses it; a mismatch.
/// - LSN at or after the backup's start: WAL replay writes it anew; not judged, but the highest such LSN is
///   reported, since garbage there would hide the damage (pitfall 27).
/// - otherwise its checksum must match, under its block number.
public final class PageChecksumVerifier {
    /// Mismatches kept by position for one file; the rest are counted.
    public static final int MOST_REPORTED = 1000;

    private static final int PAGE = PageChecksum.PAGE_SIZE;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final PageChecksum checksum = new PageChecksum();
    private final Lsn backupStart;
    private final byte[] straddling = new byte[PAGE];
    private final List<PageMismatch> first = new ArrayList<>();

    private long firstBlock;
    private int gathered;
    private long pages;
    private long verified;
    private long newer;
    private long empty;
    private long mismatches;
    private long newest;
    private long newestBlock;

    /// @param backupStart pages from here on are not judged
    public PageChecksumVerifier(Lsn backupStart) {
        this.backupStart = backupStart;
    }

    /// Starts a file; what was left of the one before is forgotten.
    public void begin(RelationFile file) {
        firstBlock = file.firstBlock();
        gathered = 0;
        pages = 0;
        verified = 0;
        newer = 0;
        empty = 0;
        mismatches = 0;
        newest = 0;
        newestBlock = -1;
        first.clear();
    }

    /// Takes the file's next bytes.
    public void accept(byte[] buffer, int offset, int length) {
        int at = offset;
        int end = offset + length;
        if (gathered > 0) {
            int take = Math.min(PAGE - gathered, length);
            System.arraycopy(buffer, at, straddling, gathered, take);
            gathered += take;
            at += take;
            if (gathered < PAGE) {
                return;
            }
            gathered = 0;
            judge(straddling, 0);
        }
        for (; end - at >= PAGE; at += PAGE) {
            judge(buffer, at);
        }
        System.arraycopy(buffer, at, straddling, 0, end - at);
        gathered = end - at;
    }

    /// Ends the file.
    public PageReport finish() {
        return new PageReport(pages, verified, newer, empty, mismatches, first, new Lsn(newest), newestBlock, gathered);
    }

    private void judge(byte[] buffer, int at) {
        long block = firstBlock + pages;
        long offset = pages * PAGE;
        pages++;
        int found = Short.toUnsignedInt((short) SHORT.get(buffer, at + 8));
        if ((short) SHORT.get(buffer, at + 14) == 0) {
            if (isZero(buffer, at)) {
                empty++;
            } else {
                mismatch(new PageMismatch(block, offset, found, 0));
            }
            return;
        }
        long lsn = (long) (int) INT.get(buffer, at) << 32 | Integer.toUnsignedLong((int) INT.get(buffer, at + 4));
        if (Long.compareUnsigned(lsn, backupStart.bytes()) >= 0) {
            newer++;
            if (Long.compareUnsigned(lsn, newest) > 0) {
                newest = lsn;
                newestBlock = block;
            }
            return;
        }
        verified++;
        int expected = checksum.compute(buffer, at, (int) block);
        if (found != expected) {
            mismatch(new PageMismatch(block, offset, found, expected));
        }
    }

    private void mismatch(PageMismatch page) {
        mismatches++;
        if (first.size() < MOST_REPORTED) {
            first.add(page);
        }
    }

    private static boolean isZero(byte[] buffer, int at) {
        long union = 0;
        for (int i = at; i < at + PAGE; i += Long.BYTES) {
            union |= (long) LONG.get(buffer, i);
        }
        return union == 0;
    }
}
