package io.walkback.repository.extent;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import java.io.InputStream;
import java.util.zip.CRC32C;

/// Reads frames one by one and checks each. Not thread-safe; holds 512 KiB and native memory until closed.
///
/// After [#next] the plain bytes are in [#plain], [#plainLength] of them, until the next call.
public final class FrameDecoder implements AutoCloseable {
    private final Digester digester;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final byte[] header = new byte[FrameEncoder.HEADER];
    private final byte[] stored = new byte[Extents.FRAME];
    private final byte[] plain = new byte[Extents.FRAME];
    private int plainLength;
    private int storedLength;

    public FrameDecoder(Digester digester) {
        this.digester = digester;
    }

    public byte[] plain() {
        return plain;
    }

    public int plainLength() {
        return plainLength;
    }

    /// Reads the next frame from `in`, checks and decodes it, and returns its digest.
    ///
    /// @param available bytes that the frame may take at most, its header included
    public Digest128 next(BlobKey key, InputStream in, long available) {
        fetch(key, in, available);
        ByteSource source = new ByteSource(key, header);
        int codec = source.u8();
        source.raw(3);
        plainLength = source.u32();
        source.u32();
        Digest128 digest = Digest128.read(source);
        decode(key, codec);
        if (!digester.digest(Digester.Domain.FRAME, plain, 0, plainLength).equals(digest)) {
            throw Damage.corrupt(key, "a frame does not match its digest");
        }
        return digest;
    }

    /// Reads the next frame and checks only that its stored bytes are those that were written; returns its length
    /// with header.
    public int skip(BlobKey key, InputStream in, long available) {
        fetch(key, in, available);
        return storedLength();
    }

    /// The length with header of the frame that was read last.
    public int storedLength() {
        return FrameEncoder.HEADER + storedLength;
    }

    private void fetch(BlobKey key, InputStream in, long available) {
        if (available < FrameEncoder.HEADER) {
            throw Damage.corrupt(key, "a frame is cut short");
        }
        BlobReads.fill(in, key, header, 0, FrameEncoder.HEADER);
        ByteSource source = new ByteSource(key, header, 4, 8);
        int plainSize = source.u32();
        storedLength = source.u32();
        if (plainSize < 1
                || plainSize > Extents.FRAME
                || storedLength < 1
                || storedLength > Extents.FRAME
                || storedLength > available - FrameEncoder.HEADER) {
            throw Damage.corrupt(key, "a frame of " + plainSize + " bytes stored in " + storedLength);
        }
        BlobReads.fill(in, key, stored, 0, storedLength);
        CRC32C crc = new CRC32C();
        crc.update(header, 0, FrameEncoder.CHECKED);
        crc.update(stored, 0, storedLength);
        if ((int) crc.getValue() != new ByteSource(key, header, FrameEncoder.CHECKED, 4).u32()) {
            throw Damage.corrupt(key, "a frame does not match its checksum");
        }
    }

    private void decode(BlobKey key, int codec) {
        if (header[1] != 0 || header[2] != 0 || header[3] != 0) {
            throw Damage.unknown(key, "a frame with flags");
        }
        if (codec == Codec.ZSTD.number()) {
            inflate(key);
        } else if (codec != Codec.PLAIN.number()) {
            throw Damage.unknown(key, "codec " + codec);
        } else if (storedLength != plainLength) {
            throw Damage.corrupt(key, "a plain frame of two lengths");
        } else {
            System.arraycopy(stored, 0, plain, 0, storedLength);
        }
    }

    private void inflate(BlobKey key) {
        try {
            int got = zstd.decompressByteArray(plain, 0, plainLength, stored, 0, storedLength);
            if (got != plainLength) {
                throw Damage.corrupt(key, "a frame of " + plainLength + " bytes holds " + got);
            }
        } catch (ZstdException damaged) {
            throw Damage.corrupt(key, "a frame cannot be decompressed: " + damaged.getMessage());
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
