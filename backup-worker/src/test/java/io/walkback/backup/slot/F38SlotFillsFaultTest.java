package io.walkback.backup.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.connection.WalPosition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// F38: a slot that is retained while its receiver is dead or lags alarms in time, with minutes to full.
class F38SlotFillsFaultTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    private final List<Event> told = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SlotWatch watch = new SlotWatch(
            new DatabaseId("shop"),
            () -> {
                throw new AssertionError("nobody connects");
            },
            told::add,
            registry,
            Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC));
    private long nanos = 77;
    private Lsn restart = Lsn.parse("1/0");
    private long retained;

    @AfterEach
    void close() {
        watch.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    /// @param limit -1 without one
    private void look(long limit, String status) {
        watch.look(
                new SlotWatch.Seen(
                        new SlotStatus(
                                0,
                                status.equals("lost") ? null : restart,
                                status,
                                limit < 0 || status.equals("lost") ? -1 : limit - retained,
                                retained),
                        new WalPosition(TimelineId.FIRST, restart.plus(retained), Duration.ZERO, limit, GIB)),
                nanos);
        nanos += SlotWatch.EVERY.toNanos();
    }

    /// Time goes by, with what the server writes and what the receiver takes each second.
    private void pass(Duration time, long limit, long writes, long takes) {
        for (long i = time.toSeconds(); i > 0; i -= SlotWatch.EVERY.toSeconds()) {
            look(limit, "reserved");
            long taken = Math.min(retained + writes * 10, takes * 10);
            restart = restart.plus(taken);
            retained += writes * 10 - taken;
        }
    }

    private List<@Nullable Severity> severities() {
        return all().stream().map(SlotChecked::severity).toList();
    }

    private List<SlotChecked> all() {
        return told.stream().map(SlotChecked.class::cast).toList();
    }

    @Test
    void aReceiverThatKeepsUpNeverAlarmsHoweverMuchIsWritten() {
        retained = 64 * MIB;
        pass(Duration.ofHours(3), GIB, 40 * MIB, 40 * MIB);
        assertThat(severities()).hasSize(1).containsOnlyNulls();
        assertThat(registry.get("walkback.wal.slot.retained").gauge().value()).isEqualTo(64.0 * MIB);
        assertThat(registry.get("walkback.wal.slot.full").gauge().value()).isInfinite();
    }

    @Test
    void anIdleServerNeverAlarmsWhoeverReceives() {
        retained = 9_000;
        pass(Duration.ofDays(1), -1, 0, 0);
        assertThat(severities()).hasSize(1).containsOnlyNulls();
    }

    @Test
    void aDeadReceiverWarnsWithinTenMinutesAndPagesAtFourFifths() {
        // Given one that keeps up
        pass(Duration.ofMinutes(5), 100 * GIB, MIB, MIB);
        assertThat(severities()).containsOnlyNulls();
        told.clear();
        // When it dies, and a tenth of the limit is a long way off
        pass(Duration.ofMinutes(9).plusSeconds(50), 100 * GIB, MIB, 0);
        assertThat(told).isEmpty();
        pass(Duration.ofSeconds(20), 100 * GIB, MIB, 0);
        // Then
        assertThat(severities()).containsExactly(Severity.WARNING);
        Long seconds = all().getFirst().secondsToFull();
        assertThat(seconds).isNotNull().isBetween(100_000L, 103_000L);
        // When
        pass(Duration.ofSeconds((100 * GIB - retained) / MIB), 100 * GIB, MIB, 0);
        // Then
        assertThat(severities()).containsExactly(Severity.WARNING, Severity.CRITICAL);
        assertThat(all().getLast().retainedBytes()).isBetween(80 * GIB, 80 * GIB + 20 * MIB);
        assertThat(all().getLast().limitBytes()).isEqualTo(100 * GIB);
    }

    @Test
    void theFasterItFillsTheEarlierItPages() {
        // 50 MiB a second fill 10 GiB in 205 s
        pass(Duration.ofMinutes(3), 10 * GIB, 50 * MIB, 0);
        assertThat(severities()).containsExactly(Severity.CRITICAL);
        SlotChecked page = all().getFirst();
        assertThat(page.retainedBytes()).isLessThan(4 * GIB);
        assertThat(page.secondsToFull()).isNotNull().isBetween(120L, 150L);
    }

    @Test
    void oneThatLagsCountsByWhatItFallsBehind() {
        // Writes 20 and takes 19: 1 MiB a second, 10 GiB in 2.8 h
        pass(Duration.ofMinutes(90), 10 * GIB, 20 * MIB, 19 * MIB);
        assertThat(severities()).containsExactly(null, Severity.WARNING);
        assertThat(all().getLast().retainedBytes()).isBetween(5 * GIB, 5 * GIB + 20 * MIB);
        assertThat(all().getLast().secondsToFull()).isNotNull().isBetween(5_000L, 5_200L);
    }

    @Test
    void whatIsCaughtUpEndsTheAlarmOnceAndNotAtTheEdge() {
        // Given
        retained = 6 * GIB;
        look(10 * GIB, "extended");
        // When it goes to and fro
        for (int i = 0; i < 30; i++) {
            retained = (i % 5 == 0 ? 51 : 49) * GIB / 10;
            look(10 * GIB, "reserved");
        }
        // Then
        assertThat(severities()).containsExactly(Severity.WARNING);
        // When
        retained = 0;
        pass(Duration.ofMinutes(5), 10 * GIB, 0, 0);
        // Then
        assertThat(severities()).containsExactly(Severity.WARNING, null);
    }

    @Test
    void withoutALimitNoTimeIsGivenAndTheServersOwnBudgetIsTheMeasure() {
        pass(Duration.ofMinutes(9), -1, 2 * MIB, 0);
        assertThat(severities()).containsExactly(null, Severity.WARNING);
        assertThat(all().getLast())
                .returns(null, SlotChecked::secondsToFull)
                .returns(null, SlotChecked::limitBytes)
                .satisfies(warning -> assertThat(warning.retainedBytes()).isBetween(GIB, GIB + 20 * MIB));
        assertThat(registry.get("walkback.wal.slot.full").gauge().value()).isNaN();
        pass(Duration.ofMinutes(90), -1, 2 * MIB, 0);
        assertThat(severities()).containsExactly(null, Severity.WARNING, Severity.CRITICAL);
    }

    @Test // F37, pitfall 18
    void aSlotThatThePrimaryGaveUpPagesAtOnce() {
        retained = 3 * GIB;
        look(4 * GIB, "unreserved");
        look(4 * GIB, "lost");
        assertThat(severities()).containsExactly(Severity.CRITICAL);
    }

    @Test
    void aDatabaseWithoutASlotSaysNothing() {
        watch.look(new SlotWatch.Seen(null, new WalPosition(TimelineId.FIRST, restart, Duration.ZERO, -1, GIB)), nanos);
        assertThat(told).isEmpty();
        assertThat(registry.get("walkback.wal.slot.retained").gauge().value()).isNaN();
    }
}
