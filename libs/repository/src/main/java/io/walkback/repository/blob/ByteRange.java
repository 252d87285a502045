package io.walkback.repository.blob;

/// Bytes of a blob, from `offset`, `length` of them. Neither is negative.
public record ByteRange(long offset, long length) {
    public ByteRange {
        if (offset < 0 || length < 0 || offset + length < 0) {
            throw new IllegalArgumentException("not a byte range: " + offset + "+" + length);
        }
    }

    /// The first byte after the range.
    public long end() {
        return offset + length;
    }
}
