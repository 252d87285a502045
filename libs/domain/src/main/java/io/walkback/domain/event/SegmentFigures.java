package io.walkback.domain.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which of [#MOST] WAL segments in a row are in the repository, with their stored bytes and latest commit times.
/// Immutable; 12 bytes for each up to the last that is there.
///
/// ```
///  8 bytes  latest commit in microseconds since 1970, big-endian; the smallest number for none
///  4 bytes  stored bytes, big-endian; 0: the segment is not there
/// ```
public final class SegmentFigures {
    /// Segments to a chunk: 12 KiB at most.
    public static final int MOST = 1024;

    /// In place of a commit time.
    public static final long NO_COMMIT = Long.MIN_VALUE;

    public static final SegmentFigures NONE = new SegmentFigures(new byte[0]);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int EACH = Long.BYTES + Integer.BYTES;

    private final byte[] bytes;

    private SegmentFigures(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Reads what [#toBytes] wrote. Throws [IllegalArgumentException] for anything else.
    public static SegmentFigures of(byte[] bytes) {
        if (bytes.length % EACH != 0 || bytes.length > MOST * EACH) {
            throw new IllegalArgumentException(bytes.length + " bytes of figures of wal segments");
        }
        return new SegmentFigures(bytes.clone());
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /// One more than the last that is there.
    public int size() {
        return bytes.length / EACH;
    }

    public boolean has(int index) {
        return storedBytes(index) > 0;
    }

    /// 0 where the segment is not there.
    public int storedBytes(int index) {
        return index < size() ? (int) INT.get(bytes, index * EACH + Long.BYTES) : 0;
    }

    /// The latest commit in microseconds since 1970, [#NO_COMMIT] where there is none or no segment.
    public long lastCommit(int index) {
        return has(index) ? (long) LONG.get(bytes, index * EACH) : NO_COMMIT;
    }

    /// The latest commit in any of them; null where there is none.
    public @Nullable Instant latestCommit() {
        return time(IntStream.range(0, size()).mapToLong(this::lastCommit).max().orElse(NO_COMMIT));
    }

    /// The number that [#lastCommit] gives for a time.
    public static long micros(@Nullable Instant time) {
        return time == null ? NO_COMMIT : ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /// The time that [#lastCommit] means.
    public static @Nullable Instant time(long micros) {
        return micros == NO_COMMIT ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /// With this segment.
    ///
    /// @param storedBytes a segment has 1 GiB at most, and what does not fit here counts as 2 GiB
    public SegmentFigures with(int index, long storedBytes, long lastCommit) {
        if (index < 0 || index >= MOST) {
            throw new IllegalArgumentException("segment " + index + " of a chunk of " + MOST);
        }
        byte[] changed = Arrays.copyOf(bytes, Math.max(bytes.length, (index + 1) * EACH));
        LONG.set(changed, index * EACH, lastCommit);
        INT.set(changed, index * EACH + Long.BYTES, Math.clamp(storedBytes, 1, Integer.MAX_VALUE));
        return new SegmentFigures(changed);
    }

    /// Without this segment.
    public SegmentFigures without(int index) {
        if (!has(index)) {
            return this;
        }
        byte[] changed = bytes.clone();
        Arrays.fill(changed, index * EACH, (index + 1) * EACH, (byte) 0);
        int size = size();
        while (size > 0 && (int) INT.get(changed, (size - 1) * EACH + Long.BYTES) == 0) {
            size--;
        }
        return new SegmentFigures(Arrays.copyOf(changed, size * EACH));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentFigures figures && Arrays.equals(bytes, figures.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return size() + " segments: " + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 5 * EACH));
    }
}
