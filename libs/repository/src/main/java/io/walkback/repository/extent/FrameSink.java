package io.walkback.repository.extent;

/// Takes the bytes of one frame, as they are stored. They are copied or written before this returns.
@FunctionalInterface
public interface FrameSink {
    void write(byte[] bytes, int offset, int length);
}
