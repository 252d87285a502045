package io.walkback.repository.extent;

/// Sizes that the format fixes, in bytes.
public final class Extents {
    /// Plain bytes of an extent; only a file's last one is shorter. 128 pages of 8 kB.
    public static final int EXTENT = 1 << 20;

    /// Plain bytes of a frame; only the last one of a text is shorter.
    public static final int FRAME = 256 << 10;

    /// Frames of a full extent.
    public static final int FRAMES_PER_EXTENT = EXTENT / FRAME;

    private Extents() {}
}
