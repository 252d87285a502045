package io.walkback.restore.plan;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.repository.wal.WalListing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The archived WAL that leads on from a position without a hole, along one lineage of timelines.
///
/// ```
///  timeline 1   |--|--|--|--x          segment numbers rise without a hole; at a switch the segment that holds the
///  timeline 2            |--|--|--|~   branch point is taken from the younger timeline, which begins with a copy
///                                  of ^   the elder's part of it
///                                  pieces of a segment that is not complete yet
/// ```
///
/// @param history of the timeline that is followed
/// @param legs complete segments, by rising number
/// @param next the first segment that is not there complete
/// @param tailEnd how far the stored pieces of `next` reach from its start; null when there are none
/// @param resumes later WAL of the lineage is there, whole segments or pieces: what is missing is a hole and not
/// the end
public record WalChain(
        TimelineHistory history,
        List<SegmentRange> legs,
        WalSegment next,
        @Nullable Lsn tailEnd,
        boolean resumes) {
    public WalChain {
        legs = List.copyOf(legs);
    }

    /// Follows `history` from `start`.
    ///
    /// @param listed what the archive lists of a timeline
    /// @param pieces what there is of a segment that is not complete
    public static WalChain follow(
            TimelineHistory history,
            Lsn start,
            int segmentSize,
            Function<TimelineId, WalListing> listed,
            Function<WalSegment, SegmentBytes.Reach> pieces) {
        List<SegmentRange> legs = new ArrayList<>();
        TimelineId timeline = history.containing(start);
        long number = WalSegment.containing(timeline, start, segmentSize).number();
        while (true) {
            List<SegmentRange> known = listed.apply(timeline).ranges();
            long limit = history.endOf(timeline)
                    .map(end -> Long.divideUnsigned(end.bytes(), segmentSize))
                    .orElse(Long.MAX_VALUE);
            long last = Math.min(lastFrom(known, number), limit - 1);
            if (last >= number) {
                legs.add(new SegmentRange(
                        new WalSegment(timeline, number, segmentSize), new WalSegment(timeline, last, segmentSize)));
                number = last + 1;
            }
            if (number < limit) {
                WalSegment next = new WalSegment(timeline, number, segmentSize);
                SegmentBytes.Reach reach = pieces.apply(next);
                return new WalChain(history, legs, next, reach.end(), reach.goesOn() || resumes(history, next, listed));
            }
            timeline = successor(history, timeline);
        }
    }

    private static long lastFrom(List<SegmentRange> ranges, long number) {
        for (SegmentRange range : ranges) {
            if (range.first().number() <= number && number <= range.last().number()) {
                return range.last().number();
            }
        }
        return number - 1;
    }

    private static boolean resumes(TimelineHistory history, WalSegment next, Function<TimelineId, WalListing> listed) {
        TimelineId member = next.timeline();
        while (true) {
            if (listed.apply(member).goesOnBehind(next)) {
                return true;
            }
            if (member.equals(history.timeline())) {
                return false;
            }
            member = successor(history, member);
        }
    }

    private static TimelineId successor(TimelineHistory history, TimelineId timeline) {
        List<TimelineHistory.Branch> ancestors = history.ancestors();
        for (int i = 0; i < ancestors.size() - 1; i++) {
            if (ancestors.get(i).timeline().equals(timeline)) {
                return ancestors.get(i + 1).timeline();
            }
        }
        return history.timeline();
    }

    /// The first position that is not covered.
    public Lsn end() {
        return tailEnd == null ? next.start() : tailEnd;
    }

    /// The complete segment with this number, if it is part of the chain.
    public Optional<WalSegment> segment(long number) {
        for (SegmentRange leg : legs) {
            if (leg.first().number() <= number && number <= leg.last().number()) {
                return Optional.of(new WalSegment(
                        leg.first().timeline(), number, leg.first().size()));
            }
        }
        return Optional.empty();
    }

    /// The number of the first segment.
    public long firstNumber() {
        return legs.isEmpty() ? next.number() : legs.getFirst().first().number();
    }

    /// The number of the last segment that holds anything, one less than [#firstNumber] when the chain is empty.
    public long lastNumber() {
        return tailEnd == null ? next.number() - 1 : next.number();
    }

    /// The history of a timeline in this lineage.
    public TimelineHistory historyOf(TimelineId member) {
        if (member.equals(history.timeline())) {
            return history;
        }
        StringBuilder lines = new StringBuilder();
        for (TimelineHistory.Branch branch : history.ancestors()) {
            if (branch.timeline().compareTo(member) < 0) {
                lines.append(branch.timeline())
                        .append('\t')
                        .append(branch.end())
                        .append("\tbranch\n");
            }
        }
        return TimelineHistory.parse(member, lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
