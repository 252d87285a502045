package io.walkback.repository.extent;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.format.Damage;
import io.walkback.repository.seal.FrameCipher;
import io.walkback.repository.seal.FrameLabel;
import io.walkback.repository.seal.ObjectSeal;
import java.io.InputStream;
import java.util.zip.CRC32C;

/// Reads frames one by one, checks and opens each. Not thread-safe; holds 768 KiB and native memory until closed.
///
/// After [#next] the plain bytes are in [#plain], [#plainLength] of them, until the next call.
public final class FrameDecoder implements AutoCloseable {
    /// For a frame whose place in its object is not known: one that is read alone out of a pack. What it belongs
    /// to is then known by its extent.
    public static final int ANY = -1;

    private final Digester digester;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
    private final byte[] header = new byte[FrameEncoder.HEADER];
    private final FrameCipher cipher = new FrameCipher();
    private final byte[] stored = new byte[Extents.FRAME + ObjectSeal.TAG];
    private final byte[] opened = new byte[Extents.FRAME];
    private final byte[] plain = new byte[Extents.FRAME];
    private int ordinal;
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
    /// @param object    that the frame is in
    /// @param available bytes that the frame may take at most, its header included
    /// @param extent    identity of the extent that the frame belongs to, or [Digest128#NONE]
    /// @param place     ordinal of the frame within the object, or [#ANY]
    public Digest128 next(ObjectSeal object, InputStream in, long available, Digest128 extent, int place) {
        BlobKey key = object.key();
        fetch(object, in, available);
        ByteSource source = new ByteSource(key, header);
        int codec = source.u8();
        ordinal = source.u8() << 16 | source.u16();
        plainLength = source.u32();
        source.u32();
        Digest128 digest = Digest128.read(source);
        if (object.isSealed()) {
            if (place != ANY && place != ordinal) {
                throw Damage.corrupt(key, "frame " + ordinal + " where frame " + place + " should be");
            }
            FrameLabel label = new FrameLabel(ordinal, extent.high(), extent.low(), codec, plainLength);
            cipher.open(object, label, stored, 0, storedLength, opened, 0);
            decode(key, codec, opened, storedLength - ObjectSeal.TAG);
        } else {
            if (ordinal != 0) {
                throw Damage.unknown(key, "a frame with flags");
            }
            decode(key, codec, stored, storedLength);
        }
        if (!digester.digest(Digester.Domain.FRAME, plain, 0, plainLength).equals(digest)) {
            throw Damage.corrupt(key, "a frame does not match its digest");
        }
        return digest;
    }

    /// Reads the next frame and checks only that its stored bytes are those that were written; returns its length
    /// with header.
    public int skip(ObjectSeal object, InputStream in, long available) {
        fetch(object, in, available);
        return storedLength();
    }

    /// The length with header of the frame that was read last.
    public int storedLength() {
        return FrameEncoder.HEADER + storedLength;
    }

    /// The ordinal of the frame that was read last; 0 where the object is not sealed.
    public int ordinal() {
        return ordinal;
    }

    /// The ordinal that a frame must have which follows the one read last.
    public int nextOrdinal() {
        return ordinal + 1;
    }

    private void fetch(ObjectSeal object, InputStream in, long available) {
        BlobKey key = object.key();
        if (available < FrameEncoder.HEADER) {
            throw Damage.corrupt(key, "a frame is cut short");
        }
        BlobReads.fill(in, key, header, 0, FrameEncoder.HEADER);
        ByteSource source = new ByteSource(key, header, 4, 8);
        int plainSize = source.u32();
        storedLength = source.u32();
        if (plainSize < 1
                || plainSize > Extents.FRAME
                || storedLength < 1 + object.overhead()
                || storedLength > Extents.FRAME + object.overhead()
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

    private void decode(BlobKey key, int codec, byte[] packed, int packedLength) {
        if (codec == Codec.ZSTD.number()) {
            inflate(key, packed, packedLength);
        } else if (codec != Codec.PLAIN.number()) {
            throw Damage.unknown(key, "codec " + codec);
        } else if (packedLength != plainLength) {
            throw Damage.corrupt(key, "a plain frame of two lengths");
        } else {
            System.arraycopy(packed, 0, plain, 0, packedLength);
        }
    }

    private void inflate(BlobKey key, byte[] packed, int packedLength) {
        try {
            int got = zstd.decompressByteArray(plain, 0, plainLength, packed, 0, packedLength);
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
