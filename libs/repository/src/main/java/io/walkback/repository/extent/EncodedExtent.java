package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An extent on its way into the store: plain bytes come in, identity and, if something of it is new, frames come
/// out, of all of it or of some of its pages. Reused for one extent after the other, 2 MiB each, so that a
/// pipeline's memory is the number of these. Used by one thread at a time.
public final class EncodedExtent {
    private final byte[] plain = new byte[Extents.EXTENT];
    private final byte[] pages = new byte[PageMap.PAGES * Digest128.BYTES];
    private final ByteSink frames = new ByteSink(Extents.EXTENT + Extents.FRAMES_PER_EXTENT * FrameEncoder.HEADER);
    private final List<Integer> frameLengths = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
    private List<Digest128> frameDigests = List.of();
    private Digest128 identity = new Digest128(0, 0);
    private Digest128 storedIdentity = identity;
    private PageMap stored = PageMap.NONE;
    private int plainLength;
    private boolean relation;

    /// Forgets the last extent.
    ///
    /// @param relation whether it is of a relation, whose page digests are kept
    public void clear(boolean relation) {
        this.relation = relation;
        plainLength = 0;
        frames.clear();
        frameLengths.clear();
        stored = PageMap.NONE;
    }

    public int plainLength() {
        return plainLength;
    }

    public boolean isFull() {
        return plainLength == plain.length;
    }

    /// Whether it consists of whole pages of a relation: only such extents have page digests and deltas.
    public boolean isPaged() {
        return relation && plainLength % Digester.PAGE == 0;
    }

    /// Takes as many bytes as fit, and returns how many that were.
    public int fill(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, plain.length - plainLength);
        System.arraycopy(bytes, offset, plain, plainLength, taken);
        plainLength += taken;
        return taken;
    }

    /// Computes page digests and identity from the plain bytes.
    public Digest128 identify(Digester digester) {
        digester.pages(plain, plainLength, pages);
        frameDigests = digester.frames(plainLength, pages);
        identity = digester.identity(plainLength, frameDigests);
        return identity;
    }

    /// The digests of the pages that the frames hold, 16 bytes each, for an extent that is paged.
    public byte[] storedPageDigests() {
        return stored.isEmpty() ? Arrays.copyOf(pages, plainLength / Digester.PAGE * Digest128.BYTES) : pages(stored);
    }

    private byte[] pages(PageMap wanted) {
        byte[] digests = new byte[wanted.count() * Digest128.BYTES];
        int at = 0;
        for (int page = wanted.next(0); page < PageMap.PAGES; page = wanted.next(page + 1)) {
            System.arraycopy(pages, page * Digest128.BYTES, digests, at, Digest128.BYTES);
            at += Digest128.BYTES;
        }
        return digests;
    }

    /// The digests of the plain bytes' pages, 16 bytes each, valid after [#identify].
    public byte[] pages() {
        return pages;
    }

    /// Makes the frames of the whole extent. [#identify] comes first.
    public void encode(FrameEncoder encoder) {
        stored = PageMap.NONE;
        storedIdentity = identity;
        encode(encoder, plain, plainLength, frameDigests);
    }

    /// Makes the frames of a delta of these pages, which are not none. [#identify] comes first.
    ///
    /// @param scratch room for the pages
    public void encodeDelta(PageMap delta, Digester digester, FrameEncoder encoder, byte[] scratch) {
        int count = 0;
        for (int page = delta.next(0); page < PageMap.PAGES; page = delta.next(page + 1)) {
            System.arraycopy(plain, page * Digester.PAGE, scratch, count * Digester.PAGE, Digester.PAGE);
            count++;
        }
        int length = count * Digester.PAGE;
        List<Digest128> deltaFrames = digester.frames(length, pages(delta));
        stored = delta;
        storedIdentity = digester.identity(delta, deltaFrames);
        encode(encoder, scratch, length, deltaFrames);
    }

    private void encode(FrameEncoder encoder, byte[] text, int textLength, List<Digest128> digests) {
        frames.clear();
        frameLengths.clear();
        for (int at = 0; at < textLength; at += Extents.FRAME) {
            int length = Math.min(Extents.FRAME, textLength - at);
            frameLengths.add(encoder.encode(text, at, length, digests.get(at / Extents.FRAME), frames));
        }
    }

    public Digest128 identity() {
        return identity;
    }

    /// The identity of what the frames hold: the extent's own, or the delta's.
    public Digest128 storedIdentity() {
        return storedIdentity;
    }

    /// The pages that the frames hold if they are a delta; [PageMap#NONE] for a whole extent.
    public PageMap storedPages() {
        return stored;
    }

    /// Plain bytes of what the frames hold.
    public int storedPlainLength() {
        return stored.isEmpty() ? plainLength : stored.count() * Digester.PAGE;
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
