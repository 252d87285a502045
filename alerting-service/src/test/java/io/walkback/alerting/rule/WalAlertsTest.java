package io.walkback.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.GapAction;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.WalGapClosed;
import io.walkback.domain.event.WalGapDetected;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
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
}
