package io.walkback.scheduler.window;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// How long recovery takes, by what recoveries of the same database took (ADR 30). Pure.
///
/// A recovery has a part that grows with the bytes of the backup, one that grows with the WAL, and one that stays.
/// Each of the first two is a line through the newest recovery, so that the forecast for its own size is what it
/// took. The slope comes from recoveries of different sizes where there are such, by least squares, and is never
/// below zero nor so steep that nothing would cost less than nothing; otherwise from the newest one's rate.
final class Pace {
    /// Bytes a second: a gigabit line.
    static final double FETCH = 100e6;

    /// Bytes of WAL a second. One process of PostgreSQL replays it, on common disks 50 to 150 MB a second.
    static final double REPLAY = 50e6;

    /// Shorter phases tell the start of a process and no rate.
    static final double SHORTEST = 0.5;

    /// Sizes that differ by less than this part of the largest say nothing about the slope.
    private static final double SPREAD = 0.1;

    private Pace() {}

    /// One recovery that went to its end.
    ///
    /// @param bytes plain bytes of the backup
    /// @param walBytes WAL that was replayed
    /// @param byteSeconds phases that grow with `bytes`
    /// @param walSeconds phases that grow with `walBytes`
    /// @param fixedSeconds the others
    record Sample(long bytes, long walBytes, double byteSeconds, double walSeconds, double fixedSeconds) {}

    /// @param samples the newest is the last; none: the rates that are assumed
    static double seconds(List<Sample> samples, long bytes, long walBytes) {
        if (samples.isEmpty()) {
            return bytes / FETCH + walBytes / REPLAY;
        }
        double read = at(bytes, samples, Sample::bytes, Sample::byteSeconds, FETCH);
        double replayed = at(walBytes, samples, Sample::walBytes, Sample::walSeconds, REPLAY);
        return read + replayed + samples.getLast().fixedSeconds();
    }

    private static double at(
            long wanted,
            List<Sample> samples,
            ToDoubleFunction<Sample> size,
            ToDoubleFunction<Sample> seconds,
            double assumedRate) {
        Sample newest = samples.getLast();
        double size0 = size.applyAsDouble(newest);
        double seconds0 = seconds.applyAsDouble(newest);
        double own = size0 > 0 && seconds0 >= SHORTEST ? seconds0 / size0 : 1 / assumedRate;
        double slope = differ(samples, size) ? Math.clamp(slope(samples, size, seconds), 0, own) : own;
        return Math.max(0, seconds0 + (wanted - size0) * slope);
    }

    private static boolean differ(List<Sample> samples, ToDoubleFunction<Sample> size) {
        double least = samples.stream().mapToDouble(size).min().orElse(0);
        double most = samples.stream().mapToDouble(size).max().orElse(0);
        return most - least > SPREAD * most;
    }

    private static double slope(List<Sample> samples, ToDoubleFunction<Sample> size, ToDoubleFunction<Sample> seconds) {
        double meanSize = samples.stream().mapToDouble(size).average().orElse(0);
        double meanSeconds = samples.stream().mapToDouble(seconds).average().orElse(0);
        double together = 0;
        double alone = 0;
        for (Sample sample : samples) {
            double off = size.applyAsDouble(sample) - meanSize;
            together += off * (seconds.applyAsDouble(sample) - meanSeconds);
            alone += off * off;
        }
        return together / alone;
    }
}
