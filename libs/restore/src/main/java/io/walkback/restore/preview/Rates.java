package io.walkback.restore.preview;

import io.walkback.domain.Lsn;
import io.walkback.domain.operation.Facts;
import java.util.Optional;

/// How fast restores are on this host.
///
/// @param fetch    plain bytes a second out of the repository onto the disk
/// @param replay   bytes of WAL a second
/// @param measured on this host, by a restore that went to its end; else assumed
public record Rates(double fetch, double replay, boolean measured) {
    /// A gigabit line, and what one process of PostgreSQL replays on a common disk.
    public static final Rates ASSUMED = new Rates(100e6, 50e6, false);

    /// Shorter phases tell the start of a process and no rate.
    private static final double SHORTEST = 0.5;

    /// What a restore has shown, empty when it was too short or went over files that it kept.
    ///
    /// @param start where replay began
    public static Optional<Rates> of(Facts.Restored restored, Lsn start) {
        double fetch = restored.phaseSeconds().getOrDefault("fetch", 0.0);
        if (fetch < SHORTEST || restored.keptBytes() != null) {
            return Optional.empty();
        }
        double recover = restored.phaseSeconds().getOrDefault("recover", 0.0);
        double replay = recover < SHORTEST || restored.reached() == null
                ? ASSUMED.replay
                : Math.max(1, restored.reached().minus(start) / recover);
        return Optional.of(new Rates(restored.bytes() / fetch, replay, true));
    }

    long seconds(long bytes, long walBytes) {
        return (long) (bytes / fetch + walBytes / replay) + 1;
    }
}
