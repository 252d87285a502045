package io.walkback.repository.extent;

import io.walkback.repository.format.ByteSink;
import io.walkback.repository.format.ByteSource;

/// A set of pages of one extent, which has at most 128.
///
/// @param low  pages 0 to 63, page p as bit p
/// @param high pages 64 to 127, page p as bit p - 64
public record PageMap(long low, long high) {
    /// Pages of a full extent.
    public static final int PAGES = Extents.EXTENT / Digester.PAGE;

    public static final PageMap NONE = new PageMap(0, 0);

    /// Pages 0 to `count` - 1.
    public static PageMap first(int count) {
        if (count < 0 || count > PAGES) {
            throw new IllegalArgumentException("an extent of " + count + " pages");
        }
        return new PageMap(below(Math.min(count, Long.SIZE)), below(Math.max(count - Long.SIZE, 0)));
    }

    private static long below(int bits) {
        return bits == Long.SIZE ? -1 : (1L << bits) - 1;
    }

    public static PageMap read(ByteSource source) {
        return new PageMap(source.u64(), source.u64());
    }

    public void write(ByteSink sink) {
        sink.u64(low).u64(high);
    }

    public PageMap with(int page) {
        return page < Long.SIZE
                ? new PageMap(low | (1L << page), high)
                : new PageMap(low, high | (1L << (page - Long.SIZE)));
    }

    public PageMap union(PageMap other) {
        return new PageMap(low | other.low, high | other.high);
    }

    public PageMap and(PageMap other) {
        return new PageMap(low & other.low, high & other.high);
    }

    public boolean isEmpty() {
        return (low | high) == 0;
    }

    public int count() {
        return Long.bitCount(low) + Long.bitCount(high);
    }

    /// The lowest page of the set that is not below `from`; [#PAGES] if there is none.
    public int next(int from) {
        if (from < Long.SIZE) {
            long rest = low & (-1L << from);
            if (rest != 0) {
                return Long.numberOfTrailingZeros(rest);
            }
        }
        long rest = from < PAGES ? high & (-1L << Math.max(from - Long.SIZE, 0)) : 0;
        return rest == 0 ? PAGES : Long.SIZE + Long.numberOfTrailingZeros(rest);
    }

    @Override
    public String toString() {
        StringBuilder pages = new StringBuilder("[");
        for (int page = next(0); page < PAGES; page = next(page + 1)) {
            pages.append(pages.length() == 1 ? "" : " ").append(page);
        }
        return pages.append(']').toString();
    }
}
