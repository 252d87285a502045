package io.walkback.scheduler.window;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.window.Answer;
import io.walkback.scheduler.state.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// How long a restore takes, about: the backup's bytes and the WAL, each by its rate.
///
/// @param seconds  in all
/// @param measured whether the rates are those of the newest restore of this database that went to its end;
///     otherwise they are [#FETCH] and [#REPLAY], an assumption
public record Estimate(long seconds, boolean measured) {
    /// Bytes a second: a gigabit line.
    static final double FETCH = 100e6;

    /// Bytes of WAL a second. One process of PostgreSQL replays it, on common disks 50 to 150 MB a second.
    static final double REPLAY = 50e6;

    /// Shorter phases tell the start of a process and no rate.
    private static final double SHORTEST = 0.5;

    private record Rates(double fetch, double replay, boolean measured) {}

    static Estimate of(State state, DatabaseId database, Answer.Reachable way) {
        Rates rates = state.operations()
                .below(database + "/")
                .flatMap(operation -> operation.state() instanceof OperationState.Completed done
                                && done.facts() instanceof Facts.Restored restored
                                && restored.keptBytes() == null
                        ? rates(state, database, restored, done.at())
                        : Stream.empty())
                .max(Comparator.comparing(Dated::at))
                .map(Dated::rates)
                .orElse(new Rates(FETCH, REPLAY, false));
        double seconds = way.backup().sizeBytes() / rates.fetch() + way.replayBytes() / rates.replay();
        return new Estimate(Duration.ofNanos((long) (seconds * 1e9)).toSeconds() + 1, rates.measured());
    }

    private record Dated(Rates rates, Instant at) {}

    private static Stream<Dated> rates(State state, DatabaseId database, Facts.Restored restored, Instant at) {
        double fetch = restored.phaseSeconds().getOrDefault("fetch", 0.0);
        if (fetch < SHORTEST) {
            return Stream.empty();
        }
        double recover = restored.phaseSeconds().getOrDefault("recover", 0.0);
        Optional<Long> replayed = state.backups()
                .find(database + "/" + restored.backup())
                .flatMap(entry -> {
                    BackupExtent extent = entry.extent();
                    return extent == null || restored.reached() == null
                            ? Optional.empty()
                            : Optional.of(restored.reached().minus(extent.startLsn()));
                });
        double replay = recover < SHORTEST
                ? REPLAY
                : replayed.map(bytes -> bytes / recover).orElse(REPLAY);
        return Stream.of(new Dated(new Rates(restored.bytes() / fetch, Math.max(1, replay), true), at));
    }
}
