package io.walkback.keys.kms;

import java.time.Duration;

/// How long KMS is waited for. Keys are asked for a few times in a backup or restore, and whoever asks waits; the
/// next attempt of the operation comes later.
///
/// @param whole        for one request with its repetitions, short enough for an alert within a minute (F56)
/// @param attempt      for one attempt; KMS answers within tens of milliseconds
/// @param connect      for a connection
/// @param firstPause   before the second attempt; doubled from then on, with jitter
/// @param longestPause between two attempts
/// @param attempts     that many at most
record KmsPatience(
        Duration whole, Duration attempt, Duration connect, Duration firstPause, Duration longestPause, int attempts) {
    static KmsPatience standard() {
        return new KmsPatience(
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                12);
    }
}
