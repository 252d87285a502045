package io.walkback.backup.wal;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.SegmentRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where the archive of a lineage ends, and so where reception goes on.
///
/// @param timeline whose WAL comes next
/// @param next     its first byte that is not archived: the beginning of a segment
public record Frontier(TimelineId timeline, Lsn next) {
    /// The frontier of what is archived of `history`, the server's current timeline and its ancestors; empty when
    /// nothing of it is archived.
    ///
    /// Looks at the youngest timeline that has a segment within its part of the lineage: what lies before a hole
    /// was declared missing when the hole was made, and what an ancestor has beyond its branch point was left
    /// behind by the failover and leads nowhere.
    ///
    /// @param archived the ranges of a timeline, in order
    public static Optional<Frontier> of(
            TimelineHistory history, int segmentSize, Function<TimelineId, List<SegmentRange>> archived) {
        List<TimelineHistory.Branch> ancestors = history.ancestors();
        List<TimelineId> members = new ArrayList<>();
        ancestors.forEach(branch -> members.add(branch.timeline()));
        members.add(history.timeline());
        for (int i = members.size() - 1; i >= 0; i--) {
            TimelineId member = members.get(i);
            Optional<Lsn> last = lastWithin(history, member, segmentSize, archived.apply(member));
            if (last.isPresent()) {
                return Optional.of(after(history, members, i, last.get(), segmentSize));
            }
        }
        return Optional.empty();
    }

    /// This frontier, or the first segment before it that is not archived, from the one that holds `told` on:
    /// several segments are stored at once, so one that failed, or that a crash cut off, may lie before one that
    /// is there. What lies before `told` was durable when the server was told so, or declared missing.
    Frontier withoutHole(
            Lsn told, TimelineHistory history, int segmentSize, Function<TimelineId, List<SegmentRange>> archived) {
        Frontier at = at(history, told, segmentSize);
        while (at.next().isBefore(next)) {
            WalSegment segment = WalSegment.containing(at.timeline(), at.next(), segmentSize);
            Optional<Lsn> end = history.endOf(at.timeline());
            if (end.isPresent() && end.get().isBefore(segment.end())) {
                // The child has the segment that holds the branch point, too.
                at = new Frontier(history.containing(end.get()), segment.start());
            } else if (archived.apply(at.timeline()).stream().anyMatch(range -> holds(range, segment))) {
                at = new Frontier(at.timeline(), segment.end());
            } else {
                return at;
            }
        }
        return this;
    }

    private static boolean holds(SegmentRange range, WalSegment segment) {
        return range.first().compareTo(segment) <= 0 && segment.compareTo(range.last()) <= 0;
    }

    /// The end of the last archived segment that holds something of `member`'s own part of the lineage.
    private static Optional<Lsn> lastWithin(
            TimelineHistory history, TimelineId member, int segmentSize, List<SegmentRange> ranges) {
        Lsn begin = history.beginOf(member).orElse(Lsn.INVALID);
        Lsn end = history.endOf(member).orElse(null);
        Lsn found = null;
        for (SegmentRange range : ranges) {
            WalSegment last = range.last();
            if (end != null) {
                WalSegment holder = WalSegment.endingAt(member, end, segmentSize);
                last = last.compareTo(holder) > 0 ? holder : last;
            }
            if (last.compareTo(range.first()) >= 0 && last.end().isAfter(begin)) {
                found = last.end();
            }
        }
        return Optional.ofNullable(found);
    }

    /// A member whose archive reaches its branch point is complete; its child goes on from the beginning of the
    /// segment that holds the branch point, which the child has, too.
    private static Frontier after(
            TimelineHistory history, List<TimelineId> members, int member, Lsn archived, int segmentSize) {
        Lsn next = archived;
        int at = member;
        for (Optional<Lsn> end = history.endOf(members.get(at));
                end.isPresent() && !next.isBefore(end.get());
                end = history.endOf(members.get(at))) {
            at++;
            next = WalSegment.containing(members.get(at), end.get(), segmentSize)
                    .start();
        }
        return new Frontier(members.get(at), next);
    }

    /// The beginning of the segment that holds `position`, on the timeline that wrote it.
    public static Frontier at(TimelineHistory history, Lsn position, int segmentSize) {
        TimelineId timeline = history.containing(position);
        return new Frontier(
                timeline, WalSegment.containing(timeline, position, segmentSize).start());
    }
}
