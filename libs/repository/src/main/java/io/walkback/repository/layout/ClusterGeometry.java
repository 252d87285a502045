package io.walkback.repository.layout;

/// What initdb fixes for a cluster's life, in bytes.
public record ClusterGeometry(int walSegmentSize, int blockSize) {
    /// The only block size that is supported; all known packages of PostgreSQL have it.
    public static final int BLOCK_SIZE = 8192;

    public ClusterGeometry {
        if (Integer.bitCount(walSegmentSize) != 1 || walSegmentSize < 1 << 20 || walSegmentSize > 1 << 30) {
            throw new IllegalArgumentException("a wal segment size of " + walSegmentSize + " bytes");
        }
        if (blockSize != BLOCK_SIZE) {
            throw new IllegalArgumentException("a block size of " + blockSize + " bytes, only 8192 is supported");
        }
    }
}
