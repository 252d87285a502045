package io.walkback.repository.extent;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import io.walkback.repository.format.ByteSink;
import java.util.zip.CRC32C;

/// Turns plain bytes into frames that are not sealed; [FrameSealer] seals them. Not thread-safe; holds native
/// memory until closed.
///
/// ```
///  codec u8 | ordinal u24, 0 unless sealed | plain length u32 | stored length u32 | frame digest 16 | CRC32C u32
///  | stored bytes
/// ```
public final class FrameEncoder implements AutoCloseable {
    /// Bytes before a frame's stored bytes.
    public static final int HEADER = 32;

    static final int CHECKED = 28;

    private static final int SAMPLE = 4 << 10;
    private static final int SAMPLES = 3;

    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private boolean lastWasDense;
    private final byte[] packed = new byte[(int) Zstd.compressBound(Extents.FRAME)];

    /// @param level of zstd, 1 to 19
    public FrameEncoder(int level) {
        zstd.setLevel(level);
    }

    /// Appends one frame to `sink` and returns its length with header.
    ///
    /// @param length 1 to 256 KiB
    /// @param digest of these bytes, which the caller has computed already
    public int encode(byte[] plain, int offset, int length, Digest128 digest, ByteSink sink) {
        boolean dense = lastWasDense && isDense(plain, offset, length);
        int compressed = dense ? length : compress(plain, offset, length);
        boolean pays = pays(compressed, length);
        lastWasDense = !pays;
        byte[] stored = pays ? packed : plain;
        int storedOffset = pays ? 0 : offset;
        int storedLength = pays ? compressed : length;
        int start = sink.size();
        sink.u8((pays ? Codec.ZSTD : Codec.PLAIN).number())
                .u8(0)
                .u16(0)
                .u32(length)
                .u32(storedLength);
        digest.write(sink);
        CRC32C crc = new CRC32C();
        crc.update(sink.array(), start, CHECKED);
        crc.update(stored, storedOffset, storedLength);
        sink.u32((int) crc.getValue()).raw(stored, storedOffset, storedLength);
        return HEADER + storedLength;
    }

    private static boolean pays(int compressed, int length) {
        return compressed < length - length / 16;
    }

    /// Whether samples from a frame's beginning, middle and end do not shrink.
    private boolean isDense(byte[] plain, int offset, int length) {
        if (length < 2 * SAMPLES * SAMPLE) {
            return false;
        }
        for (int i = 0; i < SAMPLES; i++) {
            int from = offset + (length - SAMPLE) / (SAMPLES - 1) * i;
            if (pays(compress(plain, from, SAMPLE), SAMPLE)) {
                return false;
            }
        }
        return true;
    }

    private int compress(byte[] plain, int offset, int length) {
        try {
            return zstd.compressByteArray(packed, 0, packed.length, plain, offset, length);
        } catch (ZstdException impossible) {
            throw new IllegalStateException("zstd failed with room for the worst case", impossible);
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
