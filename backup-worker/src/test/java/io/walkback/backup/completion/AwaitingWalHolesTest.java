package io.walkback.backup.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.OperationRecord;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// WAL that is missing on the way, across timelines too, and whether that is final.
class AwaitingWalHolesTest extends AwaitingWalCase {
    @Test // pitfall 41
    void aBackupOnALaterTimelineNeedsItsHistoryToo() {
        // Given
        awaiting(committed(new TimelineId(2)));
        archive(2, 3, 4, 5);
        // When
        finisher.look();
        assertThat(log).isEmpty();
        lineage.wal().putHistory(new TimelineId(2), "1\t0/200000\tx\n".getBytes(StandardCharsets.UTF_8));
        finisher.look();
        // Then
        assertThat(log).hasSize(1);
    }

    @Test // pitfall 7
    void theLastSegmentOfALeftTimelineMayComeFromTheOneThatWentOn() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4);
        archive(2, 5);
        lineage.wal().putHistory(new TimelineId(2), ("1\t" + STOP.plus(-8) + "\tx\n").getBytes(StandardCharsets.UTF_8));
        // When
        finisher.look();
        assertThat(log).as("branched off before the stop").isEmpty();
        archive(3, 5);
        lineage.wal().putHistory(new TimelineId(3), ("1\t" + STOP + "\tx\n").getBytes(StandardCharsets.UTF_8));
        finisher.look();
        // Then
        assertThat(log).hasSize(1);
    }

    private void assertFailedForWal(String missing) {
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.AttemptFailed.class, failed -> {
            assertThat(failed.operation().value()).isEqualTo("b1");
            assertThat(failed.retryable()).isFalse();
            assertThat(failed.problem().code()).isEqualTo(FailureCode.WAL_GAP);
            assertThat(failed.problem().message()).contains(missing);
        });
    }

    @Test // P1, F37
    void aBackupWhoseWalHasAHoleThatReceptionWentPastFailsInsteadOfWaitingForEver() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 2, 3);
        finisher.look();
        finisher.look();
        assertThat(log).as("reception has not passed segment 4 yet").isEmpty();
        // When
        archive(1, 9);
        finisher.look();
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000004");
    }

    @Test // P1, F37
    void aHoleThatReachesOntoTheNextTimelineFailsTheBackupToo() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3);
        archive(2, 7);
        lineage.wal()
                .putHistory(new TimelineId(2), ("1\t" + STOP.plus(100) + "\tx\n").getBytes(StandardCharsets.UTF_8));
        // When
        finisher.look();
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000004");
    }

    @Test // P1
    void aBackupThatWaitsForWalThatThePolicyStreamsNoLongerFails() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4);
        finisher.look();
        finisher.look();
        assertThat(log).isEmpty();
        // When
        streamWal = false;
        finisher.look();
        // Then
        assertFailedForWal("000000010000000000000005");
    }

    @Test // pitfall 11
    void aHoleIsNotFinalWherePushedSegmentsMayOvertakeEachOther() {
        // Given
        streamWal = false;
        pushWal = true;
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 5, 6);
        // When
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).isEmpty();
        archive(1, 4);
        finisher.look();
        assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class);
    }
}
