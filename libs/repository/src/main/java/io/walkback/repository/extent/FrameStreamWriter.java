package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;

/// Cuts a text of any length into frames as it is written. Not thread-safe; holds 768 KiB.
public final class FrameStreamWriter {
    private final Digester digester;
    private final FrameEncoder encoder;
    private final FrameSealer sealer;
    private final FrameSink out;
    private final byte[] plain = new byte[Extents.FRAME];
    private final ByteSink frame = new ByteSink(FrameEncoder.HEADER + Extents.FRAME);
    private int filled;
    private long plainLength;
    private long storedLength;

    /// @param sealer of the object that the text is in
    /// @param out    takes each frame's bytes before it returns
    public FrameStreamWriter(Digester digester, FrameEncoder encoder, FrameSealer sealer, FrameSink out) {
        this.digester = digester;
        this.encoder = encoder;
        this.sealer = sealer;
        this.out = out;
    }

    public void write(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            int taken = Math.min(length - done, plain.length - filled);
            System.arraycopy(bytes, offset + done, plain, filled, taken);
            filled += taken;
            done += taken;
            if (filled == plain.length) {
                flush();
            }
        }
    }

    /// Writes what is left as a last, shorter frame; afterwards a new text may begin.
    public void flush() {
        if (filled > 0) {
            frame.clear();
            Digest128 digest = digester.digest(Digester.Domain.FRAME, plain, 0, filled);
            int length = encoder.encode(plain, 0, filled, digest, frame);
            storedLength += sealer.pass(frame.array(), 0, length, Digest128.NONE, out);
            plainLength += filled;
            filled = 0;
        }
    }

    /// Plain bytes in the frames written so far.
    public long plainLength() {
        return plainLength;
    }

    /// Bytes of the frames written so far.
    public long storedLength() {
        return storedLength;
    }
}
