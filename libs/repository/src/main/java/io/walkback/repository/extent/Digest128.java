package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import java.util.HexFormat;

/// A keyed 128-bit digest: of a page, a frame, an index, or as an extent's identity.
public record Digest128(long high, long low) {
    public static final int BYTES = 16;

    /// In place of an extent's identity where there is no extent.
    public static final Digest128 NONE = new Digest128(0, 0);

    public static Digest128 read(ByteSource source) {
        return new Digest128(source.u64(), source.u64());
    }

    public void write(ByteSink sink) {
        sink.u64(high).u64(low);
    }

    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
