package io.walkback.repository.extent;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.format.ByteSink;
import io.walkback.repository.testing.Samples;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
    private static final Digest128 ANY = new Digest128(1, 2);

    private final ByteSink sink = new ByteSink(1 << 20);

    @Test
    void whatDoesNotShrinkIsStoredAsItIsAndWhatShrinksAfterItIsCompressedAgain() {
        byte[] dense = Samples.noise(Extents.FRAME, 1);
        byte[] prose = Samples.prose(Extents.FRAME, 2);
        try (FrameEncoder encoder = new FrameEncoder(3)) {
            // When, then
            assertThat(encode(encoder, dense)).isEqualTo(FrameEncoder.HEADER + Extents.FRAME);
            assertThat(encode(encoder, dense)).isEqualTo(FrameEncoder.HEADER + Extents.FRAME);
            assertThat(encode(encoder, prose)).isLessThan(1_000);
            assertThat(encode(encoder, prose)).isLessThan(1_000);
        }
    }

    @Test
    void afterAFrameThatDidNotShrinkOneIsCompressedIfAnyOfItsSamplesShrinks() {
        // Given: noise but for its last quarter.
        byte[] mixed = Samples.noise(Extents.FRAME, 3);
        System.arraycopy(Samples.prose(64 << 10, 4), 0, mixed, Extents.FRAME - (64 << 10), 64 << 10);
        try (FrameEncoder encoder = new FrameEncoder(3)) {
            encode(encoder, Samples.noise(Extents.FRAME, 1));
            // When, then
            assertThat(encode(encoder, mixed)).isBetween(190_000, 200_000);
        }
    }

    @Test
    void aShortFrameIsAlwaysTried() {
        byte[] small = Samples.prose(16 << 10, 5);
        try (FrameEncoder encoder = new FrameEncoder(3)) {
            encode(encoder, Samples.noise(Extents.FRAME, 1));
            // When, then
            assertThat(encode(encoder, small)).isLessThan(1_000);
        }
    }

    private int encode(FrameEncoder encoder, byte[] plain) {
        sink.clear();
        return encoder.encode(plain, 0, plain.length, ANY, sink);
    }
}
