package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.SegmentRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FrontierPropertyTest {
    private static final int SIZE = 1 << 20;

    private static TimelineId timeline(int number) {
        return new TimelineId(number);
    }

    /// Timelines 1 to n + 1, each branched off at the given positions.
    private static TimelineHistory history(List<Long> branches) {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < branches.size(); i++) {
            file.append(i + 1).append('\t').append(new Lsn(branches.get(i))).append("\tno reason\n");
        }
        return TimelineHistory.parse(
                timeline(branches.size() + 1), file.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static SegmentRange range(int timeline, long first, long last) {
        return new SegmentRange(
                new WalSegment(timeline(timeline), first, SIZE), new WalSegment(timeline(timeline), last, SIZE));
    }

    private static Optional<Frontier> frontier(TimelineHistory history, Map<Integer, List<SegmentRange>> archived) {
        return Frontier.of(history, SIZE, timeline -> archived.getOrDefault(timeline.value(), List.of()));
    }

    /// Reception as it goes: each timeline from the segment that holds its beginning to the one before the segment
    /// that holds its end, stopped after `sealed` segments.
    @Property
    void receptionGoesOnExactlyAfterTheLastSegmentThatWasSealed(
            @ForAll @Size(max = 4) List<@IntRange(min = 1, max = 5 << 20) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 30) int sealed) {
        // Given
        List<Long> branches = new ArrayList<>();
        long at = 3L << 20;
        for (int length : lengths) {
            at += length;
            branches.add(at);
        }
        TimelineHistory history = history(branches);
        Map<Integer, List<SegmentRange>> archived = new HashMap<>();
        int left = sealed;
        int member = 1;
        long segment = 3;
        WalSegment last = new WalSegment(timeline(1), 2, SIZE);
        while (left > 0) {
            Optional<Lsn> end = history.endOf(timeline(member));
            WalSegment next = new WalSegment(timeline(member), segment, SIZE);
            if (end.isPresent() && next.end().isAfter(end.get())) {
                segment =
                        WalSegment.containing(timeline(member), end.get(), SIZE).number();
                member++;
                continue;
            }
            List<SegmentRange> ranges = archived.computeIfAbsent(member, _ -> new ArrayList<>());
            long first = ranges.isEmpty() ? segment : ranges.getFirst().first().number();
            ranges.clear();
            ranges.add(range(member, first, segment));
            last = next;
            segment++;
            left--;
        }
        // When
        Frontier found = frontier(history, archived).orElseThrow();
        // Then
        assertThat(found.next().bytes() % SIZE).isZero();
        Optional<Lsn> end = history.endOf(last.timeline());
        if (end.isEmpty() || last.end().isBefore(end.get())) {
            assertThat(found).isEqualTo(new Frontier(last.timeline(), last.end()));
        } else {
            assertThat(found.timeline()).isNotEqualTo(last.timeline());
            assertThat(found.next())
                    .isEqualTo(WalSegment.containing(found.timeline(), end.get(), SIZE)
                            .start());
        }
    }

    @Property
    void whatIsArchivedIsNeverAskedForAgainAndNothingIsPassedOver(
            @ForAll @IntRange(min = 1, max = 40) int first, @ForAll @IntRange(min = 0, max = 40) int more) {
        Frontier found = frontier(history(List.of()), Map.of(1, List.of(range(1, first, first + more))))
                .orElseThrow();
        assertThat(found.next()).isEqualTo(new WalSegment(timeline(1), first + more + 1L, SIZE).start());
    }

    @Example
    void anEmptyArchiveHasNoFrontier() {
        assertThat(frontier(history(List.of(5L << 20)), Map.of())).isEmpty();
    }

    @Example // pitfall 17
    void afterAFailoverReceptionGoesOnWithTheOldTimelineAndDoesNotSkipIt() {
        TimelineHistory history = history(List.of((9L << 20) + 100));
        Frontier found = frontier(history, Map.of(1, List.of(range(1, 3, 5)))).orElseThrow();
        assertThat(found).isEqualTo(new Frontier(timeline(1), new Lsn(6L << 20)));
    }

    @Example
    void whatTheOldTimelineHasBeyondTheSwitchLeadsNowhere() {
        TimelineHistory history = history(List.of((6L << 20) + 100));
        Frontier found = frontier(history, Map.of(1, List.of(range(1, 3, 9)))).orElseThrow();
        assertThat(found).isEqualTo(new Frontier(timeline(2), new Lsn(6L << 20)));
    }

    @Example
    void aTimelineThatIsNoAncestorIsNotLookedAt() {
        TimelineHistory history =
                TimelineHistory.parse(timeline(3), "1\t0/600064\tx\n".getBytes(StandardCharsets.UTF_8));
        Frontier found = frontier(history, Map.of(1, List.of(range(1, 3, 4)), 2, List.of(range(2, 6, 20))))
                .orElseThrow();
        assertThat(found).isEqualTo(new Frontier(timeline(1), new Lsn(5L << 20)));
    }

    @Example
    void aDeclaredHoleIsNotFilledFromTheFront() {
        Frontier found = frontier(history(List.of()), Map.of(1, List.of(range(1, 3, 4), range(1, 8, 9))))
                .orElseThrow();
        assertThat(found.next()).isEqualTo(new Lsn(10L << 20));
    }

    @Property // P2, P6: several segments are stored at once, in any order
    void aSegmentThatItsSuccessorsHavePassedIsAskedForAgain(
            @ForAll @Size(min = 1, max = 30) List<Boolean> stored, @ForAll @IntRange(min = 0, max = 29) int told) {
        // Given
        List<SegmentRange> ranges = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i)) {
                ranges.add(range(1, i, i));
            }
        }
        Map<Integer, List<SegmentRange>> archived = Map.of(1, ranges);
        int last = stored.lastIndexOf(true);
        if (last < 0) {
            return;
        }
        // When
        Frontier found = withoutHole(history(List.of()), archived, new Lsn(((long) told << 20) + 17));
        // Then
        int expected = told;
        while (expected <= last && stored.get(expected)) {
            expected++;
        }
        assertThat(found.next()).isEqualTo(new Lsn((long) Math.min(Math.max(expected, 0), last + 1) << 20));
    }

    private static Frontier withoutHole(TimelineHistory history, Map<Integer, List<SegmentRange>> archived, Lsn told) {
        return frontier(history, archived)
                .orElseThrow()
                .withoutHole(told, history, SIZE, timeline -> archived.getOrDefault(timeline.value(), List.of()));
    }

    @Example
    void aHoleBeforeASwitchIsFoundBehindIt() {
        TimelineHistory history = history(List.of((6L << 20) + 100));
        assertThat(withoutHole(
                        history,
                        Map.of(1, List.of(range(1, 3, 4)), 2, List.of(range(2, 6, 8))),
                        new Lsn((4L << 20) + 5)))
                .isEqualTo(new Frontier(timeline(1), new Lsn(5L << 20)));
        assertThat(withoutHole(
                        history,
                        Map.of(1, List.of(range(1, 3, 5)), 2, List.of(range(2, 7, 8))),
                        new Lsn((4L << 20) + 5)))
                .isEqualTo(new Frontier(timeline(2), new Lsn(6L << 20)));
        assertThat(withoutHole(
                        history,
                        Map.of(1, List.of(range(1, 3, 5)), 2, List.of(range(2, 6, 8))),
                        new Lsn((4L << 20) + 5)))
                .isEqualTo(new Frontier(timeline(2), new Lsn(9L << 20)));
    }

    @Example
    void anUnarchivedLineageBeginsAtTheSegmentOfThePosition() {
        assertThat(Frontier.at(history(List.of((6L << 20) + 100)), new Lsn((6L << 20) + 99), SIZE))
                .isEqualTo(new Frontier(timeline(1), new Lsn(6L << 20)));
        assertThat(Frontier.at(history(List.of((6L << 20) + 100)), new Lsn((6L << 20) + 100), SIZE))
                .isEqualTo(new Frontier(timeline(2), new Lsn(6L << 20)));
    }

    @Example
    void theHistoryOfAnAncestorIsCutFromItsDescendants() {
        TimelineHistory newest = history(List.of(5L << 20, 6L << 20, 7L << 20));
        assertThat(Timelines.upTo(newest, timeline(2))).isEqualTo(history(List.of(5L << 20)));
        assertThat(Timelines.upTo(newest, timeline(1))).isEqualTo(TimelineHistory.root(timeline(1)));
        assertThat(Timelines.upTo(newest, timeline(4))).isSameAs(newest);
    }
}
