package io.walkback.restore.replay;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.postgres.wal.TransactionEnd;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.Stop;
import io.walkback.restore.plan.WalChain;
import io.walkback.restore.plan.WalProbe;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records begin at 100, 200, 300, 400 and so on; the copy is consistent from 200 on.
class VerdictTest {
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private static RestorePlan plan(Stop stop) {
        TimelineId one = TimelineId.FIRST;
        WalChain wal = new WalChain(TimelineHistory.root(one), List.of(), new WalSegment(one, 9, 1 << 20), null, false);
        return new RestorePlan(
                new DatabaseId("shop"),
                new SystemIdentifier(1),
                new BackupId("b1"),
                15,
                one,
                new Lsn(100),
                new Lsn(200),
                stop,
                wal,
                0,
                Path.of("/srv/copy"),
                List.of(),
                true,
                List.of());
    }

    /// Recovery ended where the record at `next` begins.
    private static void judge(Stop stop, long next, @Nullable Instant before, @Nullable Instant after) {
        Verdict.requireStop(
                plan(stop),
                new Lsn(next),
                new WalProbe.Surroundings(
                        new Lsn(next - 200),
                        new Lsn(next - 100),
                        new Lsn(next),
                        new Lsn(next),
                        transaction(next - 100, before),
                        before,
                        transaction(next, after)));
    }

    private static @Nullable TransactionEnd transaction(long record, @Nullable Instant time) {
        return time == null ? null : new TransactionEnd(new Lsn(record), new Lsn(record + 100), 7, time, true);
    }

    private static void holds(Stop stop, long next, @Nullable Instant before, @Nullable Instant after) {
        assertThatCode(() -> judge(stop, next, before, after)).doesNotThrowAnyException();
    }

    private static void refuses(Stop stop, long next, @Nullable Instant before, @Nullable Instant after) {
        assertThatThrownBy(() -> judge(stop, next, before, after)).hasMessageContaining("the restored server has");
    }

    @Test // pitfall 41
    void aPositionIsTheRecordThereAndNeitherTheOneBeforeNorTheOneAfter() {
        for (long asked : new long[] {300, 250}) {
            Stop at = new Stop.Position(new Lsn(asked));
            refuses(at, 300, null, null);
            holds(at, 400, null, null);
            refuses(at, 500, null, null);
        }
    }

    @Test // pitfall 44
    void anExclusivePositionIsEverythingBeforeItAndNoMore() {
        for (long asked : new long[] {400, 350}) {
            Stop before = new Stop.Position(new Lsn(asked), false);
            refuses(before, 300, null, null);
            holds(before, 400, null, null);
            refuses(before, 500, null, null);
        }
    }

    @Test
    void theEndOfABackupIsNotPassed() {
        holds(new Stop.Consistent(), 200, null, null);
        holds(new Stop.Consistent(), 300, null, null);
        refuses(new Stop.Consistent(), 500, null, null);
    }

    @Test // pitfall 44
    void aTimeKeepsWhatEndedAtThatVeryMomentUnlessItIsExclusive() {
        Instant earlier = NOON.minusNanos(1000);
        Instant later = NOON.plusNanos(1000);
        holds(new Stop.Time(NOON), 300, NOON, later);
        refuses(new Stop.Time(NOON), 300, later, later);
        refuses(new Stop.Time(NOON), 300, earlier, NOON);
        holds(new Stop.Time(NOON, false), 300, earlier, NOON);
        refuses(new Stop.Time(NOON, false), 300, NOON, later);
        refuses(new Stop.Time(NOON, false), 300, earlier, earlier);
    }
}
