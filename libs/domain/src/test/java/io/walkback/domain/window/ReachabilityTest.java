package io.walkback.domain.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.WalGapDetected;
import io.walkback.domain.event.WalSegmentArchived;
import io.walkback.domain.event.WalSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(42);
    private static final TimelineId SECOND = new TimelineId(2);
    private static final int SIZE = 16 << 20;

    private final WindowFold fold = new WindowFold();
    private final List<KeptBackup> backups = new ArrayList<>();

    private static Instant minute(int minute) {
        return Instant.parse("2026-11-22T10:00:00Z").plusSeconds(minute * 60L);
    }

    private static Lsn lsn(long segment) {
        return new Lsn(segment * SIZE);
    }

    private static EventHeader header(Instant at) {
        return new EventHeader(UUID.randomUUID(), SHOP, at, null);
    }

    private void archive(
            TimelineId timeline,
            long number,
            @Nullable Instant commit,
            Instant at,
            @Nullable List<TimelineHistory.Branch> ancestors) {
        WalSegment segment = new WalSegment(timeline, number, SIZE);
        assertThat(fold.apply(new WalSegmentArchived(
                        header(at),
                        SYSTEM,
                        timeline,
                        segment.fileName(),
                        segment.start(),
                        segment.end(),
                        1000 + number,
                        "00",
                        WalSource.STREAM,
                        commit,
                        commit,
                        ancestors)))
                .isTrue();
    }

    /// Segment `n` has its last commit in minute `n` and is there a minute later.
    private void archive(int first, int last) {
        for (int number = first; number <= last; number++) {
            archive(TimelineId.FIRST, number, minute(number), minute(number + 1), List.of());
        }
    }

    private void backUp(String id, TimelineId timeline, int segment, Instant completed) {
        backups.add(new KeptBackup(
                SYSTEM,
                new Base(
                        new BackupId(id),
                        timeline,
                        lsn(segment).plus(40),
                        lsn(segment).plus(400)),
                completed,
                1_000_000));
    }

    private void lose(int first, int end) {
        fold.apply(new WalGapDetected(
                header(minute(end)),
                "gap",
                SYSTEM,
                TimelineId.FIRST,
                lsn(first),
                lsn(end),
                "slot lost",
                null,
                null,
                GapAction.NONE));
    }

    private Reachability window() {
        return new Reachability(WalIndex.of(fold.chunks(SHOP)).orElseThrow(), backups, fold.holes(SHOP));
    }

    @Test // P12
    void tellsTheWayToATime() {
        // Given
        archive(1, 9);
        backUp("old", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        backUp("new", TimelineId.FIRST, 4, minute(4).plusSeconds(1));
        // When
        Answer answer = window().at(minute(6).plusSeconds(30), null, null);
        // Then
        assertThat(answer)
                .isEqualTo(new Answer.Reachable(
                        backups.get(1), TimelineId.FIRST, lsn(8), 4, 4000 + 4 + 5 + 6 + 7, 4L * SIZE - 40, false));
    }

    @Test // P12, F39
    void namesTheNearestOnBothSidesOfAHoleAndItsCause() {
        // Given
        archive(1, 5);
        lose(6, 8);
        archive(8, 12);
        backUp("before", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        backUp("after", TimelineId.FIRST, 9, minute(9).plusSeconds(1));
        // When
        Answer byTime = window().at(minute(7), null, null);
        Answer byPosition = window().at(lsn(7), null, null);
        // Then
        Answer.Unreachable not = (Answer.Unreachable) byTime;
        assertThat(not.reason()).isEqualTo(Answer.Reason.HOLE);
        assertThat(not.hole())
                .returns(lsn(6), Answer.Missing::from)
                .returns(lsn(8), Answer.Missing::to)
                .extracting(Answer.Missing::declared)
                .returns("slot lost", hole -> hole.cause());
        assertThat(not.before())
                .isEqualTo(
                        new Answer.Nearest(TimelineId.FIRST, lsn(6), minute(5).minus(1, ChronoUnit.MICROS)));
        assertThat(not.after())
                .isEqualTo(new Answer.Nearest(
                        TimelineId.FIRST,
                        lsn(9).plus(400),
                        minute(9).plusSeconds(1).plus(1, ChronoUnit.MICROS)));
        Answer.Unreachable position = (Answer.Unreachable) byPosition;
        assertThat(position.before()).extracting(Answer.Nearest::lsn).isEqualTo(lsn(6));
        assertThat(position.after()).extracting(Answer.Nearest::lsn).isEqualTo(lsn(9).plus(400));
    }

    @Test // P12
    void doesNotCountTheLatestCommitBeforeAHoleSinceEarlierOnesMayBeInIt() {
        // Given
        archive(1, 5);
        archive(8, 9);
        backUp("b", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        // When, Then
        assertThat(window().at(minute(5).minus(1, ChronoUnit.MICROS), null, null))
                .isInstanceOf(Answer.Reachable.class);
        assertThat(window().at(minute(5), null, null)).isInstanceOf(Answer.Unreachable.class);
    }

    @Test
    void stopsAtTheFirstLaterCommitWhereTheClockWentBack() {
        // Given
        archive(1, 2);
        archive(TimelineId.FIRST, 3, minute(30), minute(4), List.of());
        archive(4, 9);
        backUp("b", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        // When
        Answer answer = window().at(minute(6), null, null);
        // Then
        assertThat(answer).isInstanceOfSatisfying(Answer.Reachable.class, way -> assertThat(way.upTo())
                .isEqualTo(lsn(4)));
    }

    @Test // pitfalls 38, 39
    void takesNoBackupThatEndedAfterTheTarget() {
        // Given
        archive(1, 5);
        backUp("b", TimelineId.FIRST, 2, minute(2).plusSeconds(1));
        // When
        Answer.Unreachable byTime = (Answer.Unreachable) window().at(minute(2), null, null);
        Answer.Unreachable byPosition = (Answer.Unreachable) window().at(lsn(2).plus(399), null, null);
        // Then
        assertThat(byTime.reason()).isEqualTo(Answer.Reason.NO_BACKUP);
        assertThat(byTime.before()).isNull();
        assertThat(byTime.after()).isNotNull();
        assertThat(byPosition.reason()).isEqualTo(Answer.Reason.NO_BACKUP);
        assertThat(window().at(lsn(2).plus(400), null, null)).isInstanceOf(Answer.Reachable.class);
    }

    @Test // pitfall 40
    void goesToTheEndOfTheArchiveForATimeAfterTheLastCommitAndNoFurther() {
        // Given
        archive(1, 5);
        backUp("b", TimelineId.FIRST, 2, minute(2).plusSeconds(1));
        // When, Then
        assertThat(window().at(minute(6), null, null)).isInstanceOfSatisfying(Answer.Reachable.class, way -> {
            assertThat(way.atEnd()).isTrue();
            assertThat(way.upTo()).isEqualTo(lsn(6));
        });
        Answer.Unreachable beyond = (Answer.Unreachable) window().at(minute(6).plus(1, ChronoUnit.MICROS), null, null);
        assertThat(beyond.reason()).isEqualTo(Answer.Reason.END);
        assertThat(beyond.before()).isEqualTo(new Answer.Nearest(TimelineId.FIRST, lsn(6), minute(6)));
    }

    @Test // pitfalls 7, 43
    void followsTheTimelineThatIsAskedForAcrossItsBranchPoint() {
        // Given
        archive(1, 6);
        List<TimelineHistory.Branch> ancestors =
                List.of(new TimelineHistory.Branch(TimelineId.FIRST, lsn(4).plus(SIZE / 2)));
        for (int number = 4; number <= 8; number++) {
            archive(SECOND, number, minute(number).plusSeconds(20), minute(number + 1), ancestors);
        }
        backUp("b", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        // When
        Answer left = window().at(lsn(6), null, null);
        Answer taken = window().at(lsn(8), null, SECOND);
        Answer none = window().at(lsn(8), null, null);
        // Then
        assertThat(left).isInstanceOfSatisfying(Answer.Reachable.class, way -> assertThat(way.timeline())
                .isEqualTo(TimelineId.FIRST));
        assertThat(taken).isInstanceOfSatisfying(Answer.Reachable.class, way -> assertThat(way.walSegments())
                .isEqualTo(7));
        assertThat(none).isInstanceOfSatisfying(Answer.Unreachable.class, not -> assertThat(not.after())
                .as("the other timeline has it")
                .isEqualTo(new Answer.Nearest(SECOND, lsn(8), null)));
    }

    @Test // pitfall 41
    void doesNotFollowATimelineWithoutItsHistory() {
        // Given
        archive(1, 4);
        archive(SECOND, 4, minute(4), minute(5), null);
        archive(SECOND, 5, minute(5), minute(6), null);
        backUp("b", TimelineId.FIRST, 1, minute(1).plusSeconds(1));
        // When, Then
        assertThat(window().at(lsn(5).plus(8), null, SECOND)).isInstanceOf(Answer.Unreachable.class);
        assertThat(window().ranges()).hasSize(1);
    }

    @Test
    void refusesFactsThatContradictThemselves() {
        WalSegment segment = new WalSegment(TimelineId.FIRST, 3, SIZE);
        assertThat(fold.apply(new WalSegmentArchived(
                        header(minute(1)),
                        SYSTEM,
                        TimelineId.FIRST,
                        segment.fileName(),
                        segment.end(),
                        segment.end().plus(SIZE),
                        1000,
                        "00",
                        WalSource.PUSH,
                        null,
                        null)))
                .isFalse();
        assertThat(fold.databases()).isEmpty();
    }
}
