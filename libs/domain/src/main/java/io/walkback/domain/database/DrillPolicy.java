package io.walkback.domain.database;

import io.walkback.domain.operation.Assertion;
import io.walkback.domain.operation.Command;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How the recovery of a database is rehearsed (P9), and what is promised about it.
///
/// @param every how long a proof stands before the next rehearsal is asked for, an hour to [#LONGEST]; zero: none is
///     scheduled, and people are shown that none is
/// @param immediate true: recovery ends as soon as the backup is consistent, so that little WAL is proven; false: at
///     the end of all WAL. Without meaning where there is a window
/// @param randomWindow recovery ends at a moment drawn from the last so much time; zero: it does not
/// @param limit when this much time has passed a rehearsal ends unproven
/// @param rto the longest that recovery may take
/// @param rpo the most, in time, that may be lost
/// @param assertions what the owner says must be true after each recovery
public record DrillPolicy(
        Duration every,
        boolean immediate,
        Duration randomWindow,
        Duration limit,
        Duration rto,
        Duration rpo,
        List<Assertion> assertions) {
    /// Operations are known for a month and drills for longer; a proof of a quarter of a year ago is none.
    public static final Duration LONGEST = Duration.ofDays(90);

    /// How much older than `every` a proof may become before people are told: a week of daily attempts.
    public static final Duration GRACE = Duration.ofDays(7);

    /// Every four weeks the newest backup with all WAL, within four hours; up again within 45 minutes and with an
    /// hour lost at most. So a proof is overdue after 35 days.
    public static final DrillPolicy DEFAULT = new DrillPolicy(
            Duration.ofDays(28),
            false,
            Duration.ZERO,
            Duration.ofHours(4),
            Duration.ofMinutes(45),
            Duration.ofHours(1),
            List.of());

    public DrillPolicy {
        assertions = List.copyOf(assertions);
        if (!every.isZero() && (every.compareTo(Duration.ofHours(1)) < 0 || every.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("drills are every hour to every 90 days, or none, not every " + every);
        }
        if (randomWindow.isNegative()) {
            throw new IllegalArgumentException("the window of a drill is not negative: " + randomWindow);
        }
        if (limit.compareTo(Command.Rehearse.SHORTEST) < 0 || limit.compareTo(Command.Rehearse.LONGEST) > 0) {
            throw new IllegalArgumentException("the limit of a drill is 10 seconds to 7 days, not " + limit);
        }
        if (!isPositive(rto) || !isPositive(rpo)) {
            throw new IllegalArgumentException("objectives are longer than nothing: rto is " + rto + " and rpo " + rpo);
        }
        Command.Rehearse.requireFew(assertions);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /// Whether rehearsals are asked for by schedule.
    public boolean isScheduled() {
        return !every.isZero();
    }

    /// When a proof is so old that people are told; empty where none is asked for.
    public Optional<Duration> overdueAfter() {
        return isScheduled() ? Optional.of(every.plus(GRACE)) : Optional.empty();
    }

    /// The window that a moment is drawn from, where there is one.
    public Optional<Duration> window() {
        return randomWindow.isZero() ? Optional.empty() : Optional.of(randomWindow);
    }
}
