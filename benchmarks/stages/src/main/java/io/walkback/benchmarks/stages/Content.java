package io.walkback.benchmarks.stages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// What is in an extent.
public enum Content {
    /// Heap pages of narrow rows with counters, as pgbench's accounts have them: shrinks to a tenth.
    ROWS {
        @Override
        void fill(byte[] extent, Random random) {
            ByteBuffer buffer = ByteBuffer.wrap(extent).order(ByteOrder.LITTLE_ENDIAN);
            int row = random.nextInt(1 << 20);
            while (buffer.remaining() >= ROW) {
                int end = buffer.position() + ROW;
                buffer.putInt(random.nextInt(1000))
                        .putInt(0)
                        .putInt(row++)
                        .putInt(1)
                        .putInt(random.nextInt(100_000));
                buffer.position(end);
            }
        }
    },
    /// Words in no order: shrinks to some two fifths.
    TEXT {
        @Override
        void fill(byte[] extent, Random random) {
            ByteBuffer buffer = ByteBuffer.wrap(extent);
            while (buffer.remaining() >= LONGEST_WORD) {
                buffer.put(Integer.toString(random.nextInt(50_000), Character.MAX_RADIX)
                        .getBytes(StandardCharsets.US_ASCII));
                buffer.put((byte) ' ');
            }
        }
    },
    /// Nothing that shrinks.
    NOISE {
        @Override
        void fill(byte[] extent, Random random) {
            random.nextBytes(extent);
        }
    };

    private static final int ROW = 128;
    private static final int LONGEST_WORD = 8;

    abstract void fill(byte[] extent, Random random);
}
