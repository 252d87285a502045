package io.walkback.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.SegmentRange;
import io.walkback.repository.wal.WalListing;
import io.walkback.repository.wal.WalPiece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WalChainTest {
    private static final int SIZE = 1 << 20;
    private static final TimelineId ONE = new TimelineId(1);
    private static final TimelineId TWO = new TimelineId(2);

    private static SegmentRange range(TimelineId timeline, long first, long last) {
        return new SegmentRange(new WalSegment(timeline, first, SIZE), new WalSegment(timeline, last, SIZE));
    }

    private static Lsn at(long segment, long offset) {
        return new Lsn(segment * SIZE + offset);
    }

    private static TimelineHistory twoFrom(Lsn branch) {
        return TimelineHistory.parse(TWO, ("1\t" + branch + "\treason\n").getBytes(StandardCharsets.UTF_8));
    }

    private static WalChain follow(TimelineHistory history, Lsn start, Map<TimelineId, List<SegmentRange>> archive) {
        return WalChain.follow(
                history,
                start,
                SIZE,
                timeline -> new WalListing(archive.getOrDefault(timeline, List.of()), Optional.empty()),
                _ -> SegmentBytes.Reach.NOTHING);
    }

    @Test
    void endsAtTheFirstHoleAndSaysThatItIsOne() {
        WalChain chain =
                follow(TimelineHistory.root(ONE), at(3, 40), Map.of(ONE, List.of(range(ONE, 1, 5), range(ONE, 7, 9))));
        assertThat(chain.end()).isEqualTo(at(6, 0));
        assertThat(chain.firstNumber()).isEqualTo(3);
        assertThat(chain.next()).isEqualTo(new WalSegment(ONE, 6, SIZE));
        assertThat(chain.resumes()).isTrue();
        assertThat(chain.segment(6)).isEmpty();
    }

    @Test
    void pitfall7GoesAcrossATimelineSwitchAndTakesTheSegmentOfTheBranchFromTheYounger() {
        WalChain chain = follow(
                twoFrom(at(5, 100)), at(3, 40), Map.of(ONE, List.of(range(ONE, 1, 8)), TWO, List.of(range(TWO, 5, 6))));
        assertThat(chain.segment(4)).contains(new WalSegment(ONE, 4, SIZE));
        assertThat(chain.segment(5)).contains(new WalSegment(TWO, 5, SIZE));
        assertThat(chain.end()).isEqualTo(at(7, 0));
        // Timeline 1 has 7 and 8, which were left behind.
        assertThat(chain.resumes()).isFalse();
        assertThat(chain.historyOf(ONE)).isEqualTo(TimelineHistory.root(ONE));
    }

    @Test
    void aMissingSegmentOfTheBranchIsAHoleAlthoughTheElderTimelineHasOneOfThatNumber() {
        WalChain chain = follow(
                twoFrom(at(5, 100)), at(3, 40), Map.of(ONE, List.of(range(ONE, 1, 5)), TWO, List.of(range(TWO, 6, 6))));
        assertThat(chain.end()).isEqualTo(at(5, 0));
        assertThat(chain.next().timeline()).isEqualTo(TWO);
    }

    @Test
    void reachesIntoAnUnfinishedSegmentAsFarAsItsPiecesFollowOneAnother() {
        WalSegment segment = new WalSegment(ONE, 4, SIZE);
        List<WalPiece> pieces = List.of(
                new WalPiece(segment, at(4, 0), at(4, 100)),
                new WalPiece(segment, at(4, 50), at(4, 300)),
                new WalPiece(segment, at(4, 400), at(4, 500)));
        assertThat(SegmentBytes.reach(segment, pieces.subList(0, 2)))
                .isEqualTo(new SegmentBytes.Reach(at(4, 300), false));
        assertThat(SegmentBytes.reach(segment, pieces)).isEqualTo(new SegmentBytes.Reach(at(4, 300), true));
        assertThat(SegmentBytes.reach(segment, pieces.subList(1, 3))).isEqualTo(new SegmentBytes.Reach(null, true));
        assertThat(SegmentBytes.reach(segment, List.of())).isEqualTo(SegmentBytes.Reach.NOTHING);
    }

    @Test
    void piecesOfALaterSegmentMakeWhatIsMissingAHoleWhateverPiecesThereAreOfIt() {
        WalSegment missing = new WalSegment(ONE, 6, SIZE);
        for (SegmentBytes.Reach pieces :
                List.of(SegmentBytes.Reach.NOTHING, new SegmentBytes.Reach(missing.end(), false))) {
            WalChain chain = WalChain.follow(
                    TimelineHistory.root(ONE),
                    at(3, 40),
                    SIZE,
                    _ -> new WalListing(List.of(range(ONE, 1, 5)), Optional.of(missing.next())),
                    _ -> pieces);
            assertThat(chain.next()).isEqualTo(missing);
            assertThat(chain.resumes()).isTrue();
        }
    }

    @Test
    void piecesOfTheSegmentThatIsBeingWrittenAreTheEndAndThoseBehindAHoleInItAreNot() {
        WalSegment unfinished = new WalSegment(ONE, 6, SIZE);
        for (boolean goesOn : List.of(true, false)) {
            WalChain chain = WalChain.follow(
                    TimelineHistory.root(ONE),
                    at(3, 40),
                    SIZE,
                    _ -> new WalListing(List.of(range(ONE, 1, 5)), Optional.of(unfinished)),
                    _ -> new SegmentBytes.Reach(at(6, 500), goesOn));
            assertThat(chain.end()).isEqualTo(at(6, 500));
            assertThat(chain.resumes()).isEqualTo(goesOn);
        }
    }

    /// Whatever is in the archive: the chain holds exactly the segments from the start on up to the first that is
    /// missing on the timeline whose turn it is.
    @Property
    void holdsExactlyWhatFollowsWithoutAHole(
            @ForAll Set<@IntRange(max = 12) Integer> first,
            @ForAll Set<@IntRange(max = 12) Integer> second,
            @ForAll @IntRange(max = 10) int start,
            @ForAll @IntRange(min = 1, max = 11) int branch) {
        TimelineHistory history = twoFrom(at(branch, 8));
        WalChain chain = follow(history, at(start, 0), Map.of(ONE, ranges(ONE, first), TWO, ranges(TWO, second)));
        long number = start;
        while (number <= 12 && (number < branch ? first : second).contains((int) number)) {
            assertThat(chain.segment(number)).contains(new WalSegment(number < branch ? ONE : TWO, number, SIZE));
            number++;
        }
        assertThat(chain.end()).isEqualTo(at(number, 0));
        assertThat(chain.segment(number)).isEmpty();
        assertThat(chain.segment(start - 1L)).isEmpty();
    }

    private static List<SegmentRange> ranges(TimelineId timeline, Set<Integer> numbers) {
        List<SegmentRange> ranges = new ArrayList<>();
        for (int number = 0; number <= 12; number++) {
            if (numbers.contains(number)) {
                SegmentRange last = ranges.isEmpty() ? null : ranges.getLast();
                if (last != null && last.last().number() == number - 1) {
                    ranges.set(ranges.size() - 1, range(timeline, last.first().number(), number));
                } else {
                    ranges.add(range(timeline, number, number));
                }
            }
        }
        return ranges;
    }
}
