package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;
import java.util.ArrayList;
import java.util.List;

/// Computes the format's keyed digests in one pass: page digests, from those a frame's, from those an extent's
/// identity. Not thread-safe; cheap enough to have one per thread.
public final class Digester {
    /// Bytes of a leaf: one PostgreSQL page.
    public static final int PAGE = 8192;

    /// The longest text that [#digest] takes.
    public static final int LONGEST = 2 << 20;

    /// What a digest is of, so that one kind never equals another. Numbers are part of the format.
    public enum Domain {
        FRAME(1),
        EXTENT(2),
        PACK(3),
        DELTA(4),
        PAGE_DIGESTS(5);

        private final int number;

        Domain(int number) {
            this.number = number;
        }
    }

    private final Pmac leaves;
    private final Pmac nodes;
    private final ByteSink node = new ByteSink(9 + LONGEST / PAGE * Digest128.BYTES);

    public Digester(NamingKey key) {
        leaves = new Pmac(key.derive("walkback leaf 1"));
        nodes = new Pmac(key.derive("walkback node 1"));
    }

    /// The digest of a text of at most [#LONGEST] bytes.
    public Digest128 digest(Domain domain, byte[] text, int offset, int length) {
        if (length > LONGEST) {
            throw new IllegalArgumentException("a digest over " + length + " bytes, at most " + LONGEST);
        }
        begin(domain, length);
        for (int at = 0; at < length; at += PAGE) {
            leaves.digest(text, offset + at, Math.min(PAGE, length - at)).write(node);
        }
        return nodes.digest(node.array(), 0, node.size());
    }

    /// Writes the digests of a text's pages to `into`, 16 bytes each.
    public void pages(byte[] text, int length, byte[] into) {
        node.clear();
        for (int at = 0; at < length; at += PAGE) {
            leaves.digest(text, at, Math.min(PAGE, length - at)).write(node);
        }
        System.arraycopy(node.array(), 0, into, 0, node.size());
    }

    /// The digests of the frames of a text of `length` bytes, from those of its pages.
    public List<Digest128> frames(int length, byte[] pages) {
        List<Digest128> frames = new ArrayList<>(Extents.FRAMES_PER_EXTENT);
        for (int at = 0; at < length; at += Extents.FRAME) {
            int frame = Math.min(Extents.FRAME, length - at);
            begin(Domain.FRAME, frame);
            node.raw(pages, at / PAGE * Digest128.BYTES, (frame + PAGE - 1) / PAGE * Digest128.BYTES);
            frames.add(nodes.digest(node.array(), 0, node.size()));
        }
        return frames;
    }

    /// The identity of an extent of `length` plain bytes with these frame digests, in order.
    public Digest128 identity(long length, List<Digest128> frames) {
        begin(Domain.EXTENT, length);
        frames.forEach(frame -> frame.write(node));
        return nodes.digest(node.array(), 0, node.size());
    }

    /// The identity of a delta of these pages, whose contents one after the other have these frame digests.
    public Digest128 identity(PageMap pages, List<Digest128> frames) {
        begin(Domain.DELTA, (long) pages.count() * PAGE);
        pages.write(node);
        frames.forEach(frame -> frame.write(node));
        return nodes.digest(node.array(), 0, node.size());
    }

    private void begin(Domain domain, long length) {
        node.clear();
        node.u8(domain.number).u64(length);
    }
}
