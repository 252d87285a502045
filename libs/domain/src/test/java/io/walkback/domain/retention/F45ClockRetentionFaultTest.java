package io.walkback.domain.retention;

import static io.walkback.domain.retention.Histories.NEW;
import static io.walkback.domain.retention.Histories.completed;
import static io.walkback.domain.retention.Histories.day;
import static io.walkback.domain.retention.Histories.lsn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.BackupPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// F45: a clock that jumps makes nothing old.
class F45ClockRetentionFaultTest {
    private static final RetentionPolicy POLICY = BackupPolicy.DEFAULT.retentionPolicy();
    private static final List<Candidate> BACKUPS = List.of(completed("a", 1), completed("b", 2), completed("c", 3));
    private static final List<WalExtent> WAL =
            List.of(new WalExtent(NEW, TimelineId.FIRST, lsn(day(0)), lsn(day(3.5)), day(3.5)));

    private static void assertRefused(Instant now, Instant storeNow) {
        assertThatThrownBy(() -> Retention.decide(POLICY, BACKUPS, WAL, now, storeNow))
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.CLOCK_SKEW));
    }

    @Test
    void refusesWhenTheClockDiffersFromTheStoresByMoreThanThreeMinutes() {
        assertRefused(day(33), day(4));
        assertRefused(day(4).plusSeconds(181), day(4));
        assertRefused(day(4).minusSeconds(181), day(4));
        assertThat(Retention.decide(POLICY, BACKUPS, WAL, day(4).plusSeconds(179), day(4))
                        .expired())
                .isEmpty();
    }

    @Test
    void refusesWhenTheClockIsBeforeTheNewestBackupOrWal() {
        // Given both clocks went back together
        Instant beforeTheWal = day(3.5).minus(Duration.ofMinutes(4));
        Instant beforeTheBackup = day(2.9);
        // Then
        assertRefused(beforeTheWal, beforeTheWal);
        assertThatThrownBy(() -> Retention.decide(POLICY, BACKUPS, List.of(), beforeTheBackup, beforeTheBackup))
                .hasMessageContaining("before the newest record");
    }
}
