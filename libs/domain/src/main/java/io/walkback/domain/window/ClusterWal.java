package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import java.util.Map;
import java.util.Optional;

/// The WAL of one cluster, of all its timelines.
///
/// @param segmentSize bytes of a segment
/// @param stored what is there of each timeline's own files
/// @param histories of every timeline but the first whose history file is there
public record ClusterWal(
        int segmentSize, Map<TimelineId, Stretches> stored, Map<TimelineId, TimelineHistory> histories) {
    public ClusterWal {
        stored = Map.copyOf(stored);
        histories = Map.copyOf(histories);
    }

    /// Where a timeline comes from. Empty without its history file: recovery would stay on an older timeline and
    /// call that a success (pitfall 41).
    public Optional<TimelineHistory> history(TimelineId timeline) {
        return Optional.ofNullable(histories.get(timeline))
                .or(() -> timeline.equals(TimelineId.FIRST)
                        ? Optional.of(TimelineHistory.root(timeline))
                        : Optional.empty());
    }

    /// How far recovery gets that follows `history` from `position`: the first byte that is not there, `position`
    /// itself when not even that is.
    ///
    /// A segment in which one timeline left another is read from the younger one's file, which begins with a copy
    /// of the elder's part of it, as the server does.
    public Lsn reach(TimelineHistory history, Lsn position) {
        Lsn at = position;
        // Each round goes on to a younger timeline.
        for (int round = 0; round <= history.ancestors().size(); round++) {
            TimelineId timeline = history.containing(segment(at).end().plus(-1));
            Lsn there = stored.getOrDefault(timeline, Stretches.NONE).reach(at).orElse(at);
            Optional<Lsn> left = history.endOf(timeline).map(end -> segment(end).start());
            if (left.isEmpty() || there.isBefore(left.get())) {
                return there;
            }
            at = left.get();
        }
        throw new IllegalStateException("recovery along " + history + " does not get on from " + at);
    }

    private WalSegment segment(Lsn position) {
        return WalSegment.containing(TimelineId.FIRST, position, segmentSize);
    }
}
