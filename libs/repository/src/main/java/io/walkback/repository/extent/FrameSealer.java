package io.walkback.repository.extent;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;
import io.walkback.repository.seal.FrameCipher;
import io.walkback.repository.seal.FrameLabel;
import io.walkback.repository.seal.ObjectSeal;
import java.util.zip.CRC32C;

/// Passes the frames of one object on in the order in which they are stored, sealed if the object is. Only here is
/// known which ordinal a frame has. Not thread-safe; holds 256 KiB where the object is sealed.
///
/// Sealing sets ordinal and stored length in the frame's header and computes its checksum anew, over the sealed
/// bytes, so that whoever has no key can check the structure.
public final class FrameSealer {
    private final ObjectSeal object;
    private final FrameCipher cipher;
    private final byte[] frame;
    private int ordinal;

    public FrameSealer(ObjectSeal object) {
        this.object = object;
        this.cipher = new FrameCipher();
        this.frame = new byte[object.isSealed() ? FrameEncoder.HEADER + Extents.FRAME + ObjectSeal.TAG : 0];
    }

    /// The ordinal that the next frame gets.
    public int nextOrdinal() {
        return ordinal;
    }

    /// Bytes that a frame of an encoder grows by.
    public int overhead() {
        return object.overhead();
    }

    /// Passes on one frame as [FrameEncoder] made it, and returns how many bytes are stored.
    ///
    /// @param extent the identity of the extent that the frame belongs to, or [Digest128#NONE]
    public int pass(byte[] encoded, int offset, int length, Digest128 extent, FrameSink out) {
        int place = ordinal++;
        if (!object.isSealed()) {
            out.write(encoded, offset, length);
            return length;
        }
        if (place >= ObjectSeal.FOOTER) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "object '" + object.key() + "' would have more than " + ObjectSeal.FOOTER + " frames",
                    "No object of Walkback comes near 4 TiB; report this.");
        }
        ByteSource header = new ByteSource(object.key(), encoded, offset, FrameEncoder.HEADER);
        int codec = header.u8();
        header.raw(3);
        int plainLength = header.u32();
        int storedLength = length - FrameEncoder.HEADER;
        cipher.seal(
                object,
                new FrameLabel(place, extent.high(), extent.low(), codec, plainLength),
                encoded,
                offset + FrameEncoder.HEADER,
                storedLength,
                frame,
                FrameEncoder.HEADER);
        ByteSink fixed = new ByteSink(FrameEncoder.HEADER)
                .u8(codec)
                .u8(place >>> 16)
                .u16(place)
                .u32(plainLength)
                .u32(storedLength + ObjectSeal.TAG)
                .raw(encoded, offset + 12, Digest128.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(fixed.array(), 0, FrameEncoder.CHECKED);
        crc.update(frame, FrameEncoder.HEADER, storedLength + ObjectSeal.TAG);
        fixed.u32((int) crc.getValue());
        System.arraycopy(fixed.array(), 0, frame, 0, FrameEncoder.HEADER);
        out.write(frame, 0, length + ObjectSeal.TAG);
        return length + ObjectSeal.TAG;
    }
}
