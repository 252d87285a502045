package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The beginning of a complete record, and what it means to recovery.
///
/// After the header come descriptions of what follows, then that: we only read records whose descriptions are
/// short.
///
/// ```
/// 253 origin u16 | 252 top-level xid u32 | 255 length u8 or 254 length u32, which ends the descriptions | main
/// data commit, abort: time i64 ...     restore point: time i64, name 64 bytes
/// ```
final class WalRecord {
    /// Longest of what we read: header, descriptions (3 + 5 + 5), time, name of a restore point.
    static final int PREFIX = WalFormat.RECORD_HEADER + 13 + 8 + 64;

    private static final int XLOG = 0;
    private static final int XACT = 1;
    private static final int SWITCH = 0x40;
    private static final int RESTORE_POINT = 0x70;
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private WalRecord() {}

    static boolean isSwitch(byte[] prefix) {
        return manager(prefix) == XLOG && (info(prefix) & 0xF0) == SWITCH;
    }

    static @Nullable TransactionEnd transactionEnd(byte[] prefix, int length, Lsn start, Lsn end) {
        if (manager(prefix) != XACT) {
            return null;
        }
        // XLOG_XACT_OPMASK: commit 0x00, abort 0x20, commit prepared 0x30, abort prepared 0x40.
        int operation = info(prefix) & 0x70;
        boolean committed = operation == 0x00 || operation == 0x30;
        if (!committed && operation != 0x20 && operation != 0x40) {
            return null;
        }
        int data = mainData(prefix, length);
        if (data < 0 || data + Long.BYTES > length) {
            return null;
        }
        return new TransactionEnd(start, end, WalFormat.u32(prefix, 4), time(prefix, data), committed);
    }

    static @Nullable RestorePoint restorePoint(byte[] prefix, int length, Lsn start, Lsn end) {
        if (manager(prefix) != XLOG || (info(prefix) & 0xF0) != RESTORE_POINT) {
            return null;
        }
        int data = mainData(prefix, length);
        if (data < 0 || data + Long.BYTES > length) {
            return null;
        }
        int name = data + Long.BYTES;
        int nameEnd = name;
        while (nameEnd < length && prefix[nameEnd] != 0) {
            nameEnd++;
        }
        String text = new String(prefix, name, nameEnd - name, StandardCharsets.UTF_8);
        return new RestorePoint(start, end, text, time(prefix, data));
    }

    private static int manager(byte[] prefix) {
        return Byte.toUnsignedInt(prefix[17]);
    }

    private static int info(byte[] prefix) {
        return Byte.toUnsignedInt(prefix[16]);
    }

    private static Instant time(byte[] prefix, int at) {
        return EPOCH.plus(WalFormat.i64(prefix, at), ChronoUnit.MICROS);
    }

    /// Where the main data begins, -1 if that is not within the prefix.
    private static int mainData(byte[] prefix, int length) {
        int at = WalFormat.RECORD_HEADER;
        while (at < length) {
            switch (Byte.toUnsignedInt(prefix[at])) {
                case 253 -> at += 3;
                case 252 -> at += 5;
                case 255 -> {
                    return at + 2;
                }
                case 254 -> {
                    return at + 5;
                }
                default -> {
                    return -1;
                }
            }
        }
        return -1;
    }
}
