package io.walkback.domain.event;

import io.walkback.domain.operation.Verdict;
import java.util.List;
import java.util.Optional;

/// The last rehearsals of one database that came to their ends.
///
/// @param header id, database, time and version of this record
/// @param runs the newest is the last, at most [#MOST]
public record DrillHistory(EventHeader header, List<DrillRun> runs) implements State {
    /// Daily drills of a quarter of a year; some 60 kB.
    public static final int MOST = 100;

    public DrillHistory {
        runs = List.copyOf(runs);
    }

    /// The newest rehearsal that proved its backup.
    public Optional<DrillRun> lastProven() {
        return runs.reversed().stream()
                .filter(run -> run.verdict() == Verdict.PROVEN)
                .findFirst();
    }
}
