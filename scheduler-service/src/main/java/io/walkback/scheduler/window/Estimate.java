package io.walkback.scheduler.window;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationState;
import io.walkback.domain.operation.Verdict;
import io.walkback.domain.window.Answer;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.window.Pace.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How long a restore takes, about.
///
/// @param time  in all
/// @param basis what the rates were taken from
public record Estimate(Duration time, Basis basis) {
    /// More are no newer truth about today's hardware.
    private static final int SAMPLES = 10;

    /// Where rates come from, the best first.
    public enum Basis {
        /// Rehearsals of this database.
        DRILLS,
        /// Restores of this database, where there were no rehearsals.
        RESTORES,
        /// [Pace#FETCH] and [Pace#REPLAY]: nothing was measured yet.
        ASSUMED
    }

    /// Whether the rates are those of this database.
    public boolean measured() {
        return basis != Basis.ASSUMED;
    }

    /// Rounded up.
    public long seconds() {
        return time.plusMillis(999).toSeconds();
    }

    static Estimate of(State state, DatabaseId database, Answer.Reachable way) {
        List<Sample> drills = newest(state.drillsOf(database).stream().flatMap(Estimate::sample));
        List<Sample> samples = drills.isEmpty() ? newest(restores(state, database)) : drills;
        double seconds = Pace.seconds(samples, way.backup().sizeBytes(), way.replayBytes());
        Basis basis = !drills.isEmpty() ? Basis.DRILLS : samples.isEmpty() ? Basis.ASSUMED : Basis.RESTORES;
        return new Estimate(Duration.ofMillis(Math.round(seconds * 1000)), basis);
    }

    private record Dated(Sample sample, Instant at) {}

    private static List<Sample> newest(Stream<Dated> all) {
        List<Dated> ordered = all.sorted(Comparator.comparing(Dated::at)).toList();
        return ordered.subList(Math.max(0, ordered.size() - SAMPLES), ordered.size()).stream()
                .map(Dated::sample)
                .toList();
    }

    /// A rehearsal that went through all its phases, whatever could be judged afterwards.
    private static Stream<Dated> sample(DrillRun run) {
        return run.verdict() != Verdict.FAILED && run.phases().containsKey("first_query")
                ? Stream.of(
                        new Dated(sample(run.sizeBytes(), run.walBytes(), run.phases(), run.rtoMs() / 1e3), run.at()))
                : Stream.empty();
    }

    private static Stream<Dated> restores(State state, DatabaseId database) {
        return state.operations()
                .below(database + "/")
                .flatMap(operation -> operation.state() instanceof OperationState.Completed done
                                && done.facts() instanceof Facts.Restored restored
                                && restored.keptBytes() == null
                        ? sample(state, database, restored, done.at())
                        : Stream.empty());
    }

    private static Stream<Dated> sample(State state, DatabaseId database, Facts.Restored restored, Instant at) {
        Lsn start = state.backups()
                .find(database + "/" + restored.backup())
                .map(BackupCatalogEntry::extent)
                .map(BackupExtent::startLsn)
                .orElse(null);
        Map<String, Double> phases = restored.phaseSeconds();
        double seconds =
                phases.values().stream().mapToDouble(Double::doubleValue).sum();
        return start == null || restored.reached() == null || phases.getOrDefault("fetch", 0.0) < Pace.SHORTEST
                ? Stream.empty()
                : Stream.of(
                        new Dated(sample(restored.bytes(), restored.reached().minus(start), phases, seconds), at));
    }

    /// Drills and restores name what grows with the backup `fetch` and `verify`, and what grows with the WAL
    /// `replay` or `recover`.
    private static Sample sample(long bytes, long walBytes, Map<String, Double> phases, double seconds) {
        double byBytes = phases.getOrDefault("fetch", 0.0) + phases.getOrDefault("verify", 0.0);
        double byWal = phases.getOrDefault("replay", 0.0) + phases.getOrDefault("recover", 0.0);
        return new Sample(bytes, walBytes, byBytes, byWal, Math.max(0, seconds - byBytes - byWal));
    }
}
