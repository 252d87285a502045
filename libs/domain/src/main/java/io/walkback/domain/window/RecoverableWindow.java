package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The positions of one timeline that recovery reaches, and from which backup.
///
/// A position counts when a backup that ended at or before it lies on the timeline or on an ancestor before its
/// branch point, and the WAL from that backup's start to the position is there without a hole, across every switch
/// of timelines (pitfall 7).
public final class RecoverableWindow {
    private final TimelineId timeline;
    private final List<Run> runs;
    private final List<Range> ranges;

    /// What one backup reaches.
    private record Run(Base base, Lsn from, Lsn to) {}

    /// Positions that are reached one after the other.
    ///
    /// @param oldest the backup that leads furthest back
    /// @param from first position, at which that backup, or this timeline, begins
    /// @param to last position: WAL is there up to it
    public record Range(Base oldest, Lsn from, Lsn to) {}

    /// How a position is reached.
    ///
    /// @param base the backup with the least to replay
    /// @param bytes of WAL from its start to the position
    public record Way(Base base, long bytes) {}

    private RecoverableWindow(TimelineId timeline, List<Run> runs) {
        this.timeline = timeline;
        this.runs = List.copyOf(runs);
        this.ranges = List.copyOf(joined(runs));
    }

    /// @param bases in any order; those that the timeline does not descend from are passed over
    public static RecoverableWindow of(TimelineId timeline, ClusterWal wal, Collection<Base> bases) {
        List<Run> runs = new ArrayList<>();
        wal.history(timeline).ifPresent(history -> bases.stream()
                .filter(base -> history.containing(base.stop().plus(-1)).equals(base.timeline()))
                .flatMap(base -> run(history, wal, base).stream())
                .sorted(Comparator.comparing(Run::from)
                        .thenComparing(run -> run.base().stop()))
                .forEach(runs::add));
        return new RecoverableWindow(timeline, runs);
    }

    private static Optional<Run> run(TimelineHistory history, ClusterWal wal, Base base) {
        Lsn to = wal.reach(history, base.start());
        Lsn begin = history.beginOf(history.timeline()).orElse(Lsn.INVALID);
        boolean own = base.timeline().equals(history.timeline());
        // What an ancestor's backup reaches before the branch point is the ancestor's.
        boolean reached = own ? !to.isBefore(base.stop()) : to.isAfter(begin);
        return reached ? Optional.of(new Run(base, Lsn.max(base.stop(), begin), to)) : Optional.empty();
    }

    private static List<Range> joined(List<Run> runs) {
        List<Range> ranges = new ArrayList<>();
        for (Run run : runs) {
            Range last = ranges.isEmpty() ? null : ranges.getLast();
            if (last == null || run.from().isAfter(last.to())) {
                ranges.add(new Range(run.base(), run.from(), run.to()));
            } else {
                ranges.set(ranges.size() - 1, new Range(last.oldest(), last.from(), Lsn.max(last.to(), run.to())));
            }
        }
        return ranges;
    }

    public TimelineId timeline() {
        return timeline;
    }

    /// In order, none touching the next.
    public List<Range> ranges() {
        return ranges;
    }

    /// How a position is reached; empty when it is not.
    public Optional<Way> way(Lsn position) {
        return runs.stream()
                .filter(run -> !position.isBefore(run.from()) && !position.isAfter(run.to()))
                .max(Comparator.comparing(run -> run.base().start()))
                .map(run -> new Way(run.base(), position.minus(run.base().start())));
    }

    /// The last position that is reached and is not after this one (P12).
    public Optional<Lsn> nearestBefore(Lsn position) {
        return ranges.stream()
                .filter(range -> !range.from().isAfter(position))
                .reduce((earlier, later) -> later)
                .map(range -> range.to().isBefore(position) ? range.to() : position);
    }

    /// The first position that is reached and is not before this one (P12).
    public Optional<Lsn> nearestAfter(Lsn position) {
        return ranges.stream()
                .filter(range -> !range.to().isBefore(position))
                .findFirst()
                .map(range -> Lsn.max(range.from(), position));
    }
}
