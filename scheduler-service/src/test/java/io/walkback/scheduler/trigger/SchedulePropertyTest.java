package io.walkback.scheduler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SchedulePropertyTest {
    @Provide
    Arbitrary<ZoneId> zones() {
        // Gaps and overlaps of an hour, of half an hour, at midnight, none at all, and the one at the date line.
        return Arbitraries.of(
                        "America/New_York",
                        "Europe/Berlin",
                        "Australia/Lord_Howe",
                        "America/Santiago",
                        "Asia/Beirut",
                        "UTC",
                        "Asia/Kolkata",
                        "Africa/Casablanca")
                .map(ZoneId::of);
    }

    /// F45: a nightly backup is neither lost nor doubled, whatever clocks do that night.
    @Property(tries = 200)
    void firesADailyScheduleOncePerDayOfTheCalendar(
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(min = 0, max = 22) int hour,
            @ForAll @IntRange(min = 0, max = 59) int minute,
            @ForAll @IntRange(min = 1990, max = 2040) int year) {
        // Given
        Schedule schedule = new Schedule("0 " + minute + " " + hour + " * * *", zone);
        // When
        List<LocalDate> days = new ArrayList<>();
        Instant end = LocalDate.of(year + 1, 1, 1).atStartOfDay(zone).toInstant();
        Instant at = schedule.next(
                        LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant().minusNanos(1))
                .orElseThrow();
        while (at.isBefore(end)) {
            days.add(at.atZone(zone).toLocalDate());
            at = schedule.next(at).orElseThrow();
        }
        // Then
        assertThat(days).hasSize(LocalDate.of(year, 1, 1).lengthOfYear()).doesNotHaveDuplicates();
    }

    /// F01, F17: however a stretch of time is cut into ticks, the same occurrences come out.
    @Property(tries = 200)
    void findsTheSameOccurrencesHoweverOftenItIsAsked(
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(min = 0, max = 8000) int startHour,
            @ForAll @IntRange(min = 1, max = 300) int tickMinutes) {
        // Given
        Schedule schedule = new Schedule("0 30 1,2,3,13 * * *", zone);
        Instant start = Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofHours(startHour));
        Instant end = start.plus(Duration.ofDays(3));
        // When
        Set<Instant> stepped = new HashSet<>();
        for (Instant at = start; at.isBefore(end); at = at.plus(Duration.ofMinutes(tickMinutes))) {
            Instant upTo = at.plus(Duration.ofMinutes(tickMinutes));
            Instant from = at;
            while (true) {
                var next = schedule.next(from);
                if (next.isEmpty() || next.get().isAfter(upTo)) {
                    break;
                }
                stepped.add(next.get());
                from = next.get();
            }
            schedule.last(at, upTo).ifPresent(last -> assertThat(stepped).contains(last));
        }
        // Then
        Set<Instant> walked = new HashSet<>();
        Instant at = schedule.next(start).orElseThrow();
        while (!at.isAfter(end)) {
            walked.add(at);
            at = schedule.next(at).orElseThrow();
        }
        assertThat(stepped).containsAll(walked);
    }

    @Example
    void movesARunThatDoesNotExistBehindTheGapAndTakesTheFirstOfTwo() {
        // Given
        ZoneId newYork = ZoneId.of("America/New_York");
        // When
        Instant spring = new Schedule("0 0 2 * * *", newYork)
                .next(Instant.parse("2026-03-08T05:00:00Z"))
                .orElseThrow();
        Instant autumn = new Schedule("0 30 1 * * *", newYork)
                .next(Instant.parse("2026-11-01T04:00:00Z"))
                .orElseThrow();
        // Then
        assertThat(spring).isEqualTo("2026-03-08T07:00:00Z");
        assertThat(autumn).isEqualTo("2026-11-01T05:30:00Z");
        assertThat(new Schedule("0 30 1 * * *", newYork).next(autumn)).contains(Instant.parse("2026-11-02T06:30:00Z"));
    }

    @Example
    void findsNothingWhereNothingIsScheduled() {
        assertThat(new Schedule("0 0 0 30 2 *", ZoneId.of("UTC")).next(Instant.EPOCH))
                .isEmpty();
    }
}
