package io.walkback.standalone.demo;

import io.walkback.standalone.demo.Ledger.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// A moment between two commits of the journal, so that nobody can argue which rows were committed by then.
///
/// PostgreSQL stamps a commit between the row's own time and the moment at which the commit returned, by the clock
/// of the same machine. A moment after the one row had returned and before the next one was written lies in
/// neither.
///
/// @param target   in whole microseconds, as PostgreSQL has it
/// @param expected rows of the journal that were committed by then, the first ones
/// @param later    rows that were committed after it
record Moment(Instant target, List<Entry> expected, List<Entry> later) {
    /// Shorter gaps are left out: clocks are read to the microsecond only.
    private static final Duration GAP = Duration.ofNanos(100_000);

    /// The gap nearest to `wanted` and not after it.
    ///
    /// @throws CheckFailed when the journal has none
    static Moment atOrBefore(Instant wanted, List<Entry> journal) {
        for (int index = journal.size() - 2; index >= 0; index--) {
            Instant from = journal.get(index).committed();
            Instant to = journal.get(index + 1).writtenAt();
            boolean wide = Duration.between(from, to).compareTo(GAP) >= 0;
            if (wide && !from.isAfter(wanted)) {
                Instant middle =
                        from.plus(Duration.between(from, to).dividedBy(2)).truncatedTo(ChronoUnit.MICROS);
                return new Moment(
                        middle,
                        List.copyOf(journal.subList(0, index + 1)),
                        List.copyOf(journal.subList(index + 1, journal.size())));
            }
        }
        throw new CheckFailed("the journal has no pause between two rows before " + wanted);
    }
}
