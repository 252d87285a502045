package io.walkback.postgres.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers of PostgreSQL's WAL, little-endian.
///
/// ```
/// page:   magic u16 | info u16 | timeline u32 | address u64 | left of a record from before u32 | 4 unused
/// first page of a segment, in addition: system identifier u64 | segment size u32 | block size u32
/// record: total length u32 | xid u32 | previous u64 | info u8 | resource manager u8 | 2 unused | CRC32C u32 | rest
/// ```
final class WalFormat {
    static final int OLDEST_MAJOR = 15;
    static final int NEWEST_MAJOR = 18;
    static final int PAGE = 8192;
    static final int SHORT_HEADER = 24;
    static final int LONG_HEADER = 40;
    static final int RECORD_HEADER = 24;

    static final int FIRST_IS_CONTRECORD = 1;
    static final int LONG_HEADER_FLAG = 2;
    static final int FIRST_IS_OVERWRITE_CONTRECORD = 8;
    static final int ALL_FLAGS = 15;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private WalFormat() {}

    /// `XLOG_PAGE_MAGIC`, read from segments of 15.19, 16.15, 17.11 and 18.6.
    static int magic(int major) {
        return switch (major) {
            case 15 -> 0xD110;
            case 16 -> 0xD113;
            case 17 -> 0xD116;
            case 18 -> 0xD118;
            default -> throw new IllegalArgumentException("PostgreSQL " + major + " is not 15 to 18");
        };
    }

    static int u16(byte[] bytes, int at) {
        return Short.toUnsignedInt((short) SHORT.get(bytes, at));
    }

    static int i32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long u32(byte[] bytes, int at) {
        return Integer.toUnsignedLong((int) INT.get(bytes, at));
    }

    static long i64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }
}
