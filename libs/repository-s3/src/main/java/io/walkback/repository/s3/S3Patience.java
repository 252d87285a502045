package io.walkback.repository.s3;

import java.time.Duration;

/// How long the store is waited for. Named durations with their reasons; production uses [#standard].
///
/// @param opening      for all attempts of the first request: whoever opens a store waits in front of it
/// @param budget       for all attempts of one request, or lost in one stream: longer than a bad ten minutes of the
///                     store (F22), short enough that a backup fails before people must be asked (F23)
/// @param firstPause   before the second attempt; doubled from then on
/// @param longestPause between two attempts
/// @param connect      for a connection
/// @param silence      without a byte from the store, after which a connection is given up (F24)
/// @param attempt      for one attempt besides its bytes
/// @param slowest      bytes per second, below which a transfer counts as stalled (F24)
/// @param stallWindow  over which a read's speed is judged
record S3Patience(
        Duration opening,
        Duration budget,
        Duration firstPause,
        Duration longestPause,
        Duration connect,
        Duration silence,
        Duration attempt,
        int slowest,
        Duration stallWindow) {
    static S3Patience standard() {
        return new S3Patience(
                Duration.ofSeconds(15),
                Duration.ofMinutes(15),
                Duration.ofMillis(100),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(40),
                32 << 10,
                Duration.ofSeconds(30));
    }

    /// For one attempt that sends `bytes`.
    Duration attemptFor(long bytes) {
        return attempt.plusMillis(bytes * 1000 / slowest);
    }
}
