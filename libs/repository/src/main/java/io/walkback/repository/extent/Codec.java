package io.walkback.repository.extent;

/// How a frame's bytes are stored. The numbers are kept in every frame and never reused, not even for a retired
/// codec.
enum Codec {
    PLAIN(0),
    ZSTD(1);

    private final int number;

    Codec(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
