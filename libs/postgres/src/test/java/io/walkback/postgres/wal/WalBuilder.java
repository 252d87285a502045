package io.walkback.postgres.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Writes WAL the way PostgreSQL does, so that tests can bend it: records across pages, page headers, CRCs.
final class WalBuilder {
    static final int SEGMENT = 1 << 20;
    static final Lsn START = new Lsn(5L * SEGMENT);
    static final WalSource SOURCE =
            new WalSource(15, new SystemIdentifier(42), TimelineHistory.root(TimelineId.FIRST), SEGMENT);

    final ByteBuffer bytes;
    final List<Lsn> records = new ArrayList<>();
    private long previous;

    WalBuilder(int segments) {
        bytes = ByteBuffer.allocate(segments * SEGMENT).order(ByteOrder.LITTLE_ENDIAN);
    }

    Lsn position() {
        return START.plus(bytes.position());
    }

    /// A record of a resource manager with main data; returns where it began.
    Lsn record(int manager, int info, int xid, byte[] data) {
        align();
        header(0);
        Lsn start = position();
        int descriptions = data.length == 0 ? 0 : data.length < 256 ? 2 : 5;
        ByteBuffer record = ByteBuffer.allocate(24 + descriptions + data.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity())
                .putInt(xid)
                .putLong(previous)
                .put((byte) info)
                .put((byte) manager);
        record.putShort((short) 0).putInt(0);
        if (descriptions == 2) {
            record.put((byte) 255).put((byte) data.length);
        } else if (descriptions == 5) {
            record.put((byte) 254).putInt(data.length);
        }
        record.put(data);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), 24, record.capacity() - 24);
        crc.update(record.array(), 0, 20);
        record.putInt(20, (int) crc.getValue());
        record.flip();
        while (record.hasRemaining()) {
            header(record.remaining());
            int room = 8192 - bytes.position() % 8192;
            byte[] piece = new byte[Math.min(room, record.remaining())];
            record.get(piece);
            bytes.put(piece);
        }
        previous = start.bytes();
        records.add(start);
        return start;
    }

    Lsn commit(int xid, long micros) {
        return record(
                1,
                0x00,
                xid,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(micros)
                        .array());
    }

    /// A switch, and zeros up to the end of the segment.
    void switchSegment() {
        record(0, 0x40, 0, new byte[0]);
        bytes.position((bytes.position() + SEGMENT - 1) / SEGMENT * SEGMENT);
    }

    /// Fills up with records of no meaning until the segment is full; the last one may go on in the next.
    void fillSegment() {
        int end = (bytes.position() / SEGMENT + 1) * SEGMENT;
        while (bytes.position() < end) {
            record(10, 0, 7, new byte[Math.min(3000, bytes.remaining() / 2)]);
        }
    }

    byte[] written() {
        align();
        return java.util.Arrays.copyOf(bytes.array(), bytes.position());
    }

    private void align() {
        bytes.position((bytes.position() + 7) & ~7);
    }

    private void header(int remaining) {
        int at = bytes.position();
        if (at % 8192 != 0) {
            return;
        }
        boolean first = at % SEGMENT == 0;
        // What is left of a record is told only on pages that the record did not begin on.
        int left = records.isEmpty() && at == 0 ? 0 : remaining;
        bytes.putShort((short) 0xD110).putShort((short) ((first ? 2 : 0) | (left > 0 ? 1 : 0)));
        bytes.putInt(1).putLong(START.bytes() + at).putInt(left).putInt(0);
        if (first) {
            bytes.putLong(42).putInt(SEGMENT).putInt(8192);
        }
    }
}
