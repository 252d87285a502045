package io.walkback.domain;

import java.util.Locale;
import java.util.regex.Pattern;

/// One WAL segment of one timeline: `number` counts segments of `size` bytes since the log began.
///
/// PostgreSQL fixes the segment size at initdb: a power of two from 1 MiB to 1 GiB, 16 MiB unless told otherwise. A
/// file name is 24 hexadecimal digits: timeline, then the upper and the lower half of the number, the halves split
/// at 4 GiB of WAL.
public record WalSegment(TimelineId timeline, long number, int size) implements Comparable<WalSegment> {
    public static final int DEFAULT_SIZE = 16 << 20;
    private static final Pattern FILE_NAME = Pattern.compile("[0-9A-F]{24}");

    public WalSegment {
        if (Integer.bitCount(size) != 1 || size < 1 << 20 || size > 1 << 30) {
            throw new IllegalArgumentException(
                    "a wal segment has a power of two from 1 MiB to 1 GiB, not " + size + " bytes");
        }
        if (number < 0 || number > Long.divideUnsigned(-1L, size)) {
            throw new IllegalArgumentException("wal segment number " + number + " is outside the log");
        }
    }

    /// The segment that holds the byte at `lsn`.
    public static WalSegment containing(TimelineId timeline, Lsn lsn, int size) {
        return new WalSegment(timeline, Long.divideUnsigned(lsn.bytes(), size), size);
    }

    /// The segment that holds the last byte before `end`. A position on a segment boundary belongs to the segment
    /// that it ends.
    public static WalSegment endingAt(TimelineId timeline, Lsn end, int size) {
        return containing(timeline, end.plus(-1), size);
    }

    public static boolean isSegmentName(String name) {
        return FILE_NAME.matcher(name).matches();
    }

    /// Reads a file name as `pg_wal` has it. Throws [IllegalArgumentException] for any other text.
    public static WalSegment parse(String name, int size) {
        if (!isSegmentName(name)) {
            throw new IllegalArgumentException("not a wal segment name: '" + Text.printable(name, 60) + "'");
        }
        long high = Integer.toUnsignedLong(Integer.parseUnsignedInt(name, 8, 16, 16));
        long low = Integer.toUnsignedLong(Integer.parseUnsignedInt(name, 16, 24, 16));
        long perHalf = (1L << 32) / size;
        if (low >= perHalf) {
            throw new IllegalArgumentException(
                    "wal segment '" + name + "' does not fit segments of " + size + " bytes");
        }
        return new WalSegment(new TimelineId(Integer.parseUnsignedInt(name, 0, 8, 16)), high * perHalf + low, size);
    }

    public String fileName() {
        long perHalf = (1L << 32) / size;
        return String.format(Locale.ROOT, "%08X%08X%08X", timeline.value(), number / perHalf, number % perHalf);
    }

    public Lsn start() {
        return new Lsn(number * size);
    }

    /// The first position after this segment.
    public Lsn end() {
        return start().plus(size);
    }

    public WalSegment next() {
        return new WalSegment(timeline, number + 1, size);
    }

    @Override
    public int compareTo(WalSegment other) {
        int byTimeline = timeline.compareTo(other.timeline);
        return byTimeline != 0 ? byTimeline : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return fileName();
    }
}
