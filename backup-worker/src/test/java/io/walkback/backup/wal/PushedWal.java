package io.walkback.backup.wal;

import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;

/// Writes segments of PostgreSQL 15 as it does: a commit and a long record on the first page, a switch on the
/// second, zeros after that. Each follows the one that was written before it.
final class PushedWal {
    static final int SIZE = 1 << 20;
    static final int PAGE = 8192;
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7_412_345_678_901_234_567L);
    /// Where the last record of a segment ends.
    static final int RECORDS_END = PAGE + 24 + 24;

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant BEGIN = Instant.parse("2026-11-22T08:00:00Z");

    private final SystemIdentifier system;
    private long previous;

    PushedWal() {
        this(SYSTEM);
    }

    PushedWal(SystemIdentifier system) {
        this.system = system;
    }

    static WalSegment name(int timeline, long number) {
        return new WalSegment(new TimelineId(timeline), number, SIZE);
    }

    /// When the only transaction of a segment was committed.
    static Instant committed(long number) {
        return BEGIN.plusSeconds(number);
    }

    byte[] segment(int timeline, long number) {
        return segment(timeline, timeline, number, committed(number));
    }

    /// @param first timeline of the first page, another one before a branch point on that page
    byte[] segment(int timeline, int first, long number, Instant commit) {
        ByteBuffer wal = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        long start = number * SIZE;
        header(wal, 2, first, start);
        wal.putLong(system.value()).putInt(SIZE).putInt(PAGE);
        long micros = Duration.between(EPOCH, commit).toNanos() / 1000;
        byte[] time = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 255)
                .put((byte) 8)
                .putLong(micros)
                .array();
        record(wal, start, 1, 0, 700, time);
        wal.position(wal.position() + 7 & ~7);
        byte[] rest = new byte[PAGE - wal.position() - 24];
        ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN).put((byte) 254).putInt(rest.length - 5);
        record(wal, start, 10, 0, 7, rest);
        header(wal, 0, timeline, start + PAGE);
        record(wal, start, 0, 0x40, 0, new byte[0]);
        return wal.array();
    }

    private static void header(ByteBuffer wal, int flags, int timeline, long address) {
        wal.putShort((short) 0xD110).putShort((short) flags).putInt(timeline).putLong(address);
        wal.putInt(0).putInt(0);
    }

    private void record(ByteBuffer wal, long start, int manager, int info, int xid, byte[] content) {
        long at = start + wal.position();
        ByteBuffer record = ByteBuffer.allocate(24 + content.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity()).putInt(xid).putLong(previous);
        record.put((byte) info)
                .put((byte) manager)
                .putShort((short) 0)
                .putInt(0)
                .put(content);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), 24, content.length);
        crc.update(record.array(), 0, 20);
        record.putInt(20, (int) crc.getValue());
        wal.put(record.array());
        previous = at;
    }
}
