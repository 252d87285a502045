package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.replication.SlotPosition;
import io.walkback.repository.wal.SegmentRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where one connection's reception begins.
///
/// @param history  of the server's timeline
/// @param frontier behind which the repository lacks something
/// @param kept     the oldest WAL that the slot keeps, null while it keeps none
record ReceptionStart(
        TimelineHistory history,
        Frontier frontier,
        @Nullable Lsn kept) {
    /// At the first segment that the repository lacks; where it has nothing, where the slot begins.
    ///
    /// @param flushed the end of the server's WAL
    static ReceptionStart find(Archiver archiver, TimelineHistory history, SlotPosition slot, Lsn flushed) {
        int size = archiver.segmentSize();
        Lsn kept = slot.restart();
        Map<TimelineId, List<SegmentRange>> listed = new HashMap<>();
        Function<TimelineId, List<SegmentRange>> archived =
                timeline -> listed.computeIfAbsent(timeline, archiver.archive()::ranges);
        Frontier frontier = Frontier.of(history, size, archived)
                .map(last -> kept == null ? last : last.withoutHole(kept, history, size, archived))
                .orElseGet(() -> Frontier.at(history, kept == null ? flushed : kept, size));
        return new ReceptionStart(history, frontier, kept);
    }

    /// The server has no WAL from the frontier on. The hole is declared, and reception goes on with the oldest WAL
    /// that the slot keeps (pitfalls 17, 18). Throws `lost` where that is no further.
    ReceptionStart afterGap(Archiver archiver, OperatorActionException lost) {
        Frontier after = kept == null ? null : Frontier.at(history, kept, archiver.segmentSize());
        if (after == null || !after.next().isAfter(frontier.next())) {
            throw lost;
        }
        TimelineId behind = frontier.timeline();
        TimelineId current = history.timeline();
        String cause = behind.equals(current)
                ? "slot lost: " + lost.text()
                : "failover: the server is on timeline " + current + " and does not have the end of timeline " + behind
                        + ": " + lost.text();
        archiver.gap(behind, frontier.next(), after.next(), cause);
        return new ReceptionStart(history, after, kept);
    }
}
