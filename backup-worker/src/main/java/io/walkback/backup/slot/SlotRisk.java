package io.walkback.backup.slot;

import io.walkback.domain.Lsn;
import io.walkback.domain.event.Severity;
import io.walkback.postgres.connection.SlotStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// How dangerous what a slot keeps is, and how soon it will be worse. For one thread; no clock of its own.
///
/// The rate is what the slot's WAL grew by over the last [#WINDOW], at least [#SHORTEST]. Where nobody receives
/// that is the rate at which the server writes; where somebody does, it is what he falls behind by, and a receiver
/// that keeps up never alarms however busy the server is.
///
/// - Any slot: a warning after [#STANDSTILL] without progress while the server writes; critical where PostgreSQL
/// says
///   `unreserved` or `lost`.
/// - With a limit: a warning at half of it, or where all of it is reached within [#HOUR] and a tenth is already;
///   critical at four fifths, or within [#QUARTER] and a quarter is already.
/// - Without one: a warning beyond `max_wal_size`, which the server may take anyway; critical beyond ten times
/// that.
///
/// Without a limit the server's disk is one, and SQL does not tell its size: no time to full is given.
///
/// Memory: a sample a look for [#WINDOW].
final class SlotRisk {
    static final Duration WINDOW = Duration.ofMinutes(5);
    static final Duration SHORTEST = Duration.ofMinutes(1);
    static final Duration STANDSTILL = Duration.ofMinutes(10);
    static final Duration HOUR = Duration.ofHours(1);
    static final Duration QUARTER = Duration.ofMinutes(15);

    /// An idle server writes housekeeping; what fits into a segment endangers nobody.
    static final long TRIFLE = 16 << 20;

    private static final int MANY_TIMES = 10;

    private record Sample(long nanos, long retained) {}

    /// What was found.
    ///
    /// @param severity      null: no danger
    /// @param limitBytes    null: unlimited
    /// @param secondsToFull null: it does not grow, or nobody can tell
    record Found(
            @Nullable Severity severity,
            String walStatus,
            long retainedBytes,
            @Nullable Long limitBytes,
            @Nullable Long secondsToFull) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private @Nullable Lsn restart;
    private long restartSince;

    /// @param limit  `max_slot_wal_keep_size` in bytes, -1 without one
    /// @param budget `max_wal_size` in bytes
    /// @param nanos  a monotonic clock
    Found look(SlotStatus slot, long limit, long budget, long nanos) {
        if (restart == null || !restart.equals(slot.restart())) {
            restart = slot.restart();
            restartSince = nanos;
        }
        Long seconds = limit < 0 ? null : secondsToFull(slot, nanos);
        return new Found(
                severity(slot, limit, budget, seconds, nanos - restartSince),
                slot.walStatus(),
                slot.retainedBytes(),
                limit < 0 ? null : limit,
                seconds);
    }

    private @Nullable Long secondsToFull(SlotStatus slot, long nanos) {
        sample(slot.retainedBytes(), nanos);
        Sample oldest = samples.getFirst();
        long elapsed = nanos - oldest.nanos();
        long grown = slot.retainedBytes() - oldest.retained();
        if (elapsed < SHORTEST.toNanos() || grown <= 0) {
            return null;
        }
        double left = Math.max(0, slot.safeBytes());
        return (long) (left / grown * (elapsed / 1e9));
    }

    private void sample(long retained, long nanos) {
        samples.addLast(new Sample(nanos, retained));
        while (nanos - samples.getFirst().nanos() > WINDOW.toNanos()) {
            samples.removeFirst();
        }
    }

    private static @Nullable Severity severity(
            SlotStatus slot, long limit, long budget, @Nullable Long seconds, long standing) {
        long retained = slot.retainedBytes();
        if (slot.lost() || slot.walStatus().equals("unreserved")) {
            return Severity.CRITICAL;
        }
        if (retained <= TRIFLE) {
            return null;
        }
        double share = (double) retained / Math.max(1, limit);
        boolean critical = limit < 0
                ? retained > MANY_TIMES * budget
                : share >= 0.8 || (share >= 0.25 && isWithin(QUARTER, seconds));
        boolean warning = limit < 0 ? retained > budget : share >= 0.5 || (share >= 0.1 && isWithin(HOUR, seconds));
        if (critical) {
            return Severity.CRITICAL;
        }
        return warning || standing >= STANDSTILL.toNanos() ? Severity.WARNING : null;
    }

    private static boolean isWithin(Duration time, @Nullable Long seconds) {
        return seconds != null && seconds <= time.toSeconds();
    }
}
