package io.walkback.scheduler.drill;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.DrillRequested;
import io.walkback.domain.operation.DrillChoice;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.operation.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrillScheduleTest {
    private final DrillCase shop = new DrillCase();

    @AfterEach
    void close() {
        shop.close();
    }

    private DrillSchedule schedule() {
        return new DrillSchedule(shop.filled.state, shop.sent.commands, shop.sent.clock, true);
    }

    private List<String> requested() {
        return shop.sent
                .messages(DrillRequested.class)
                .map(DrillRequested::requestId)
                .toList();
    }

    private void days(DrillSchedule schedule, int days) {
        for (int hour = 0; hour < 24 * days; hour++) {
            schedule.tick();
            shop.sent.clock.advance(Duration.ofHours(1));
        }
    }

    @Test // P9
    void asksEachDayUntilSomethingIsProvenAndThenWhenTheProofIsOld() {
        // Given
        shop.register(DrillCase.every(Duration.ofDays(7)), DrillCase.LONG_AGO);
        shop.backedUp(NOW.minus(Duration.ofDays(2)));
        DrillSchedule schedule = schedule();
        // When drills fail, cannot judge, and prove
        days(schedule, 1);
        shop.drilled("d1", Verdict.FAILED, shop.sent.clock.instant(), 1, null);
        days(schedule, 1);
        shop.drilled("d2", Verdict.UNPROVEN, shop.sent.clock.instant(), 1, null);
        days(schedule, 1);
        shop.drilled("d3", Verdict.PROVEN, shop.sent.clock.instant(), 1, null);
        days(schedule, 8);
        // Then
        assertThat(requested())
                .containsExactly(
                        "shop-drill-2026-11-21",
                        "shop-drill-2026-11-22",
                        "shop-drill-2026-11-23",
                        "shop-drill-2026-11-24",
                        "shop-drill-2026-12-02");
    }

    @Test
    void makesUpForManyMissedDaysOnce() {
        // Given
        shop.register(DrillCase.every(Duration.ofDays(1)), DrillCase.LONG_AGO);
        shop.backedUp(NOW.minus(Duration.ofDays(2)));
        shop.sent.clock.advance(Duration.ofDays(9));
        DrillSchedule schedule = schedule();
        // When
        schedule.tick();
        schedule.tick();
        // Then
        assertThat(requested()).containsExactly("shop-drill-2026-11-30");
    }

    @Test
    void asksForWhatThePolicyWants() {
        // Given
        shop.register(
                new DrillPolicy(
                        Duration.ofDays(1),
                        false,
                        Duration.ofDays(7),
                        Duration.ofHours(1),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        List.of()),
                DrillCase.LONG_AGO);
        shop.backedUp(NOW.minus(Duration.ofDays(2)));
        // When
        schedule().tick();
        // Then
        assertThat(shop.sent.messages(DrillRequested.class)).singleElement().satisfies(request -> {
            assertThat(request.choice()).isEqualTo(DrillChoice.NEWEST);
            assertThat(request.target()).isEqualTo(new RecoveryTarget.Latest());
            assertThat(request.randomWindow()).isEqualTo(Duration.ofDays(7));
            assertThat(request.requestedBy()).isEqualTo("schedule");
        });
    }

    @Test
    void asksForNoneWithoutABackupOrWhereThePolicyHasNone() {
        // Given
        shop.register(DrillCase.every(Duration.ofDays(1)), DrillCase.LONG_AGO);
        // When
        schedule().tick();
        shop.backedUp(NOW.minus(Duration.ofDays(2)));
        shop.register(DrillCase.every(Duration.ZERO), DrillCase.LONG_AGO);
        schedule().tick();
        // Then
        assertThat(requested()).isEmpty();
    }
}
