package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;
import java.util.ArrayList;
import java.util.List;

/// An extent on its way into the store: plain bytes come in, identity and, if it turns out to be new, frames come
/// out. Reused for one extent after the other, 2 MiB each, so that a pipeline's memory is the number of these.
/// Used by one thread at a time.
public final class EncodedExtent {
    private final byte[] plain = new byte[Extents.EXTENT];
    private final ByteSink frames = new ByteSink(Extents.EXTENT + Extents.FRAMES_PER_EXTENT * FrameEncoder.HEADER);
    private final List<Digest128> frameDigests = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
    private final List<Integer> frameLengths = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
    private Digest128 identity = new Digest128(0, 0);
    private int plainLength;

    /// Forgets the last extent.
    public void clear() {
        plainLength = 0;
        frames.clear();
        frameDigests.clear();
        frameLengths.clear();
    }

    public int plainLength() {
        return plainLength;
    }

    public boolean isFull() {
        return plainLength == plain.length;
    }

    /// Takes as many bytes as fit, and returns how many that were.
    public int fill(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, plain.length - plainLength);
        System.arraycopy(bytes, offset, plain, plainLength, taken);
        plainLength += taken;
        return taken;
    }

    /// Computes the identity from the plain bytes.
    public Digest128 identify(Digester digester) {
        frameDigests.clear();
        for (int at = 0; at < plainLength; at += Extents.FRAME) {
            int length = Math.min(Extents.FRAME, plainLength - at);
            frameDigests.add(digester.digest(Digester.Domain.FRAME, plain, at, length));
        }
        identity = digester.identity(plainLength, frameDigests);
        return identity;
    }

    /// Makes the frames. [#identify] comes first.
    public void encode(FrameEncoder encoder) {
        frames.clear();
        frameLengths.clear();
        for (int at = 0; at < plainLength; at += Extents.FRAME) {
            int length = Math.min(Extents.FRAME, plainLength - at);
            frameLengths.add(encoder.encode(plain, at, length, frameDigests.get(at / Extents.FRAME), frames));
        }
    }

    public Digest128 identity() {
        return identity;
    }

    /// The frames, one after the other.
    public ByteSink frames() {
        return frames;
    }

    /// Bytes of each frame, header included.
    public List<Integer> frameLengths() {
        return List.copyOf(frameLengths);
    }
}
