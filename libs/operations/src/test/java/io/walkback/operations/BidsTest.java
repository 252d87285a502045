package io.walkback.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BidsTest {
    private static final Duration SPREAD = LeaseTimes.PRODUCTION.bidSpread();
    private static final Operation OPEN = open();

    @Test
    void anIdleWorkerBidsWithinATenthOfTheSpreadAndNotAllAtOnce() {
        for (int seed = 0; seed < 1000; seed++) {
            Bids bids = new Bids(LeaseTimes.PRODUCTION, new Random(seed));
            assertThat(bids.isDue(OPEN, 0, 0))
                    .as("the first look sets the time")
                    .isFalse();
            assertThat(bids.isDue(OPEN, 0, SPREAD.dividedBy(10).toNanos())).isTrue();
        }
        assertThat(dueAtHalfOfIt()).isBetween(300L, 700L);
    }

    @Test
    void aBusyWorkerLeavesTheOperationToEveryIdleOne() {
        for (int seed = 0; seed < 1000; seed++) {
            Bids bids = new Bids(LeaseTimes.PRODUCTION, new Random(seed));
            assertThat(bids.isDue(OPEN, 0.5, 0)).isFalse();
            assertThat(bids.isDue(OPEN, 0.5, SPREAD.dividedBy(10).toNanos())).isFalse();
            assertThat(bids.isDue(OPEN, 0.5, SPREAD.toNanos())).isTrue();
        }
    }

    private static long dueAtHalfOfIt() {
        return new Random(1)
                .ints(1000)
                .filter(seed -> isDueAtHalfOfIt(new Bids(LeaseTimes.PRODUCTION, new Random(seed))))
                .count();
    }

    private static boolean isDueAtHalfOfIt(Bids bids) {
        return bids.isDue(OPEN, 0, 0)
                || bids.isDue(OPEN, 0, SPREAD.dividedBy(20).toNanos());
    }

    private static Operation open() {
        OperationFold fold = new OperationFold();
        OperationId id = new OperationId("b1");
        fold.apply(
                new OperationRecord.Opened(
                        new DatabaseId("shop"),
                        id,
                        new Command.TakeBackup(new BackupId("b1")),
                        Map.of(),
                        3,
                        "test",
                        null,
                        Instant.parse("2026-11-22T02:00:00Z")),
                new Epoch("topic", 0, 0));
        return fold.all().iterator().next();
    }
}
