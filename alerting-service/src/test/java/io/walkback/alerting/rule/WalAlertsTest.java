package io.walkback.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.SlotChecked;
import io.walkback.domain.event.WalChecked;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.event.WalGapDetected;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What people hear of WAL that is missing.
class WalAlertsTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
    private static final SystemIdentifier SYSTEM = new SystemIdentifier(7300);

    private final Map<String, AlertState> alerts = new TreeMap<>();

    private void hear(Event event) {
        AlertRules.signals(event).forEach(signal -> {
            AlertState after = AlertFold.apply(alerts.get(signal.subject().key()), signal, T);
            if (after != null) {
                alerts.put(signal.subject().key(), after);
            }
        });
    }

    private List<String> open() {
        return alerts.values().stream()
                .filter(alert -> alert.status() == AlertStatus.OPEN)
                .map(AlertState::alertKey)
                .toList();
    }

    private static EventHeader header(int number) {
        return new EventHeader(new UUID(9, number), Facts.SHOP, T.plusSeconds(number), null);
    }

    private static WalGapDetected gap(int number, String from, String to) {
        return new WalGapDetected(
                header(number),
                "7300/1/" + from,
                SYSTEM,
                TimelineId.FIRST,
                Lsn.parse(from),
                Lsn.parse(to),
                "slot 'walkback_shop' was lost",
                T.minusSeconds(60),
                null,
                GapAction.NEW_BACKUP);
    }

    private static WalGapClosed closed(int number, String from, String to) {
        return new WalGapClosed(
                header(number),
                "7300/1/" + from,
                SYSTEM,
                TimelineId.FIRST,
                Lsn.parse(from),
                Lsn.parse(to),
                GapAction.NEW_BACKUP);
    }

    @Test // F37, F39: page within 60 s
    void eachHoleAlarmsUntilItIsClosed() {
        // When
        hear(gap(1, "0/3000000", "0/5000000"));
        hear(gap(2, "0/9000000", "0/A000000"));
        hear(gap(1, "0/3000000", "0/5000000"));
        // Then
        assertThat(open()).containsExactly("wal-gap:shop:7300/1/0/3000000", "wal-gap:shop:7300/1/0/9000000");
        assertThat(alerts.get("wal-gap:shop:7300/1/0/3000000")).isNotNull().satisfies(open -> {
            assertThat(open.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(open.summary()).contains("0/3000000 to 0/5000000 on timeline");
            assertThat(open.details())
                    .containsEntry("affectedFrom", T.minusSeconds(60).toString())
                    .containsEntry("action", "NEW_BACKUP")
                    .hasEntrySatisfying("error", error -> assertThat(error).contains("slot 'walkback_shop' was lost"));
        });
        // When
        hear(closed(3, "0/3000000", "0/5000000"));
        // Then
        assertThat(open()).containsExactly("wal-gap:shop:7300/1/0/9000000");
    }

    private static WalChecked checked(int number, @Nullable Instant since) {
        return new WalChecked(header(number), since, since == null ? null : "its reception is paused");
    }

    @Test // F51: page at the limit + 60 s
    void walThatIsStalledIsOneAlarmThatEndsByItself() {
        // When
        hear(checked(1, null));
        assertThat(open()).isEmpty();
        hear(checked(2, T.minusSeconds(3601)));
        hear(checked(3, T.minusSeconds(3601)));
        // Then
        assertThat(open()).containsExactly("wal-stalled:shop");
        assertThat(alerts.get("wal-stalled:shop")).isNotNull().satisfies(open -> {
            assertThat(open.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(open.summary()).contains("not become durable since " + T.minusSeconds(3601));
            assertThat(open.details())
                    .hasEntrySatisfying("error", error -> assertThat(error).endsWith("its reception is paused"));
        });
        // When
        hear(checked(4, null));
        // Then
        assertThat(open()).isEmpty();
    }

    @Test // P10: whoever is woken can end it without any service of ours
    void blockedCommitsPageWithTheCommandThatReleasesThemAndEndByThemselves() {
        // When
        hear(new CommitsChecked(header(1), T.minusSeconds(6), 12, "ANY 1 (walkback_a, walkback_b)"));
        hear(new CommitsChecked(header(2), T.minusSeconds(6), 40, "ANY 1 (walkback_a, walkback_b)"));
        // Then
        assertThat(open()).containsExactly("commits-blocked:shop");
        assertThat(alerts.get("commits-blocked:shop")).isNotNull().satisfies(open -> {
            assertThat(open.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(open.summary()).contains(T.minusSeconds(6).toString(), "40 now");
            assertThat(open.details())
                    .containsEntry("standbyNames", "ANY 1 (walkback_a, walkback_b)")
                    .hasEntrySatisfying("hint", hint -> assertThat(hint).contains("walkback wal release-sync shop"));
        });
        // When
        hear(new CommitsChecked(header(3), null, 0, ""));
        // Then
        assertThat(open()).isEmpty();
    }

    private static SlotChecked slot(
            int number, @Nullable Severity severity, String status, long retained, @Nullable Long limit) {
        return new SlotChecked(
                header(number), severity, "walkback_shop", status, retained, limit, limit == null ? null : 1_500L);
    }

    @Test // F38: warning, page at 80 %
    void aSlotThatFillsIsOneAlarmWhoseSeverityRises() {
        // When
        hear(slot(1, Severity.WARNING, "extended", 6L << 30, 10L << 30));
        // Then
        assertThat(open()).containsExactly("slot-filling:shop");
        assertThat(alerts.get("slot-filling:shop")).isNotNull().satisfies(open -> {
            assertThat(open.severity()).isEqualTo(Severity.WARNING);
            assertThat(open.summary())
                    .contains("keeps 6144 MiB of WAL", "60 % of max_slot_wal_keep_size", "reached in 25 min");
            assertThat(open.details())
                    .containsEntry("minutesToFull", "25")
                    .containsEntry("limitBytes", Long.toString(10L << 30));
        });
        // When
        hear(slot(2, Severity.CRITICAL, "extended", 8L << 30, 10L << 30));
        // Then
        assertThat(alerts.get("slot-filling:shop"))
                .isNotNull()
                .extracting(AlertState::severity)
                .isEqualTo(Severity.CRITICAL);
        // When
        hear(slot(3, null, "reserved", 0, 10L << 30));
        // Then
        assertThat(open()).isEmpty();
    }

    @Test // F37, F38
    void aSlotWithoutALimitNamesTheDiskAndALostOneTheLoss() {
        hear(slot(1, Severity.WARNING, "extended", 2L << 30, null));
        assertThat(alerts.get("slot-filling:shop"))
                .isNotNull()
                .extracting(AlertState::summary)
                .asString()
                .contains("without a limit but the disk's")
                .doesNotContain("%", "reached in");
        hear(slot(2, Severity.CRITICAL, "lost", 0, 1L << 30));
        assertThat(alerts.get("slot-filling:shop"))
                .isNotNull()
                .extracting(AlertState::summary)
                .asString()
                .contains("is lost");
    }
}
