package io.walkback.scheduler.trigger;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.springframework.scheduling.support.CronExpression;

/// When a schedule fires. Pure.
///
/// The expression is evaluated on the wall clock of its zone, and each local time becomes one instant: the first
/// of the two where clocks go back, and as much later as the clocks jump where a local time does not exist. So a
/// daily schedule fires once on every day of the calendar (F45). Evaluated on zoned times, as Spring offers, 02:00
/// in New York would be skipped in March, and 01:30 would fire twice in November. The price: a schedule of every
/// hour fires once for the hour that is there twice.
final class Schedule {
    /// No zone has ever moved its clocks by more than a day.
    private static final Duration LARGEST_SHIFT = Duration.ofDays(1);

    private final CronExpression cron;
    private final ZoneId zone;

    Schedule(String cron, ZoneId zone) {
        this.cron = CronExpression.parse(cron);
        this.zone = zone;
    }

    /// The first occurrence after `instant`, empty when there is none.
    Optional<Instant> next(Instant instant) {
        Instant best = null;
        LocalDateTime local = cron.next(around(instant.minus(LARGEST_SHIFT)));
        // A local time in a gap is moved behind others, so the first that fits need not be the earliest.
        while (local != null && (best == null || !local.isAfter(around(best)))) {
            Instant occurrence = instant(local);
            if (occurrence.isAfter(instant) && (best == null || occurrence.isBefore(best))) {
                best = occurrence;
            }
            local = cron.next(local);
        }
        return Optional.ofNullable(best);
    }

    /// The last occurrence in `(after, upTo]`, empty when there is none.
    Optional<Instant> last(Instant after, Instant upTo) {
        Instant best = null;
        LocalDateTime end = around(upTo.plus(LARGEST_SHIFT));
        LocalDateTime local = cron.next(around(after.minus(LARGEST_SHIFT)));
        while (local != null && !local.isAfter(end)) {
            Instant occurrence = instant(local);
            if (occurrence.isAfter(after) && !occurrence.isAfter(upTo) && (best == null || occurrence.isAfter(best))) {
                best = occurrence;
            }
            local = cron.next(local);
        }
        return Optional.ofNullable(best);
    }

    private LocalDateTime around(Instant instant) {
        return LocalDateTime.ofInstant(instant, zone);
    }

    private Instant instant(LocalDateTime local) {
        return local.atZone(zone).toInstant();
    }
}
