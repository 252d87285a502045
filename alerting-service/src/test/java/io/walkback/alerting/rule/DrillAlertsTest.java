package io.walkback.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.ProofChecked;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What people hear of rehearsals (P9, P10).
class DrillAlertsTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
    private static final long OBJECTIVE = 2_700_000;

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
                .map(alert -> alert.alertKey() + " " + alert.severity())
                .toList();
    }

    private AlertState told(String key) {
        return Objects.requireNonNull(alerts.get(key));
    }

    private static EventHeader header(int number, @Nullable Long version) {
        return new EventHeader(new UUID(9, number), Facts.SHOP, T.plusSeconds(number), version);
    }

    private static DrillCompleted drill(int version, Verdict verdict) {
        boolean proven = verdict == Verdict.PROVEN;
        return new DrillCompleted(
                header(version, (long) version),
                new OperationId("d" + version),
                new BackupId("b1"),
                verdict,
                proven ? null : "pack is damaged",
                1_000,
                null,
                Map.of(),
                null,
                null,
                null,
                "settings-only",
                null,
                proven ? null : "packs/17",
                1,
                1,
                1,
                List.of(),
                "node-1");
    }

    private static DrillFailed notDone(int version, boolean last) {
        return new DrillFailed(
                header(version, (long) version),
                new OperationId("d" + version),
                null,
                new Problem(FailureCode.TARGET_SPACE, "no room", "Make some."),
                1,
                last);
    }

    private static ProofChecked checked(
            int number,
            @Nullable Instant overdueSince,
            @Nullable Long rto,
            @Nullable Long rpo,
            @Nullable Long forecast) {
        return new ProofChecked(
                header(number, null), rto == null ? null : T, overdueSince, rto, rpo, forecast, OBJECTIVE, 3_600_000);
    }

    @Test // P9
    void aFailedDrillIsCriticalNamesTheObjectAndEndsWithAProofOnly() {
        // When
        hear(drill(1, Verdict.FAILED));
        // Then
        AlertState told = told("drill-failed:shop");
        assertThat(told.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(told.details()).containsEntry("object", "packs/17").containsEntry("backupId", "b1");
        assertThat(told.summary()).contains("b1").contains("pack is damaged");
        // When
        hear(drill(2, Verdict.UNPROVEN));
        assertThat(open()).containsExactly("drill-failed:shop CRITICAL");
        hear(drill(3, Verdict.PROVEN));
        // Then
        assertThat(open()).isEmpty();
        // When an old copy comes late (F18)
        hear(drill(1, Verdict.FAILED));
        // Then
        assertThat(open()).isEmpty();
    }

    @Test // P9
    void aDrillThatCouldNotJudgeWarns() {
        hear(drill(1, Verdict.UNPROVEN));
        assertThat(open()).containsExactly("drill-failed:shop WARNING");
    }

    @Test
    void aDrillThatWasNotCarriedOutAlarmsAfterItsLastAttempt() {
        // When
        hear(notDone(1, false));
        assertThat(open()).isEmpty();
        hear(notDone(2, true));
        // Then
        assertThat(open()).containsExactly("drill-failed:shop ERROR");
        assertThat(told("drill-failed:shop").details()).containsEntry("failureRunbook", "failures-restore");
    }

    @Test // P10
    void proofThatIsTooOldAlarmsUntilThereIsAProof() {
        // When
        hear(checked(1, T.minusSeconds(60), null, null, null));
        // Then
        assertThat(open()).containsExactly("proof-overdue:shop ERROR");
        assertThat(told("proof-overdue:shop").summary()).contains("No drill has ever proven");
        // When
        hear(checked(2, null, 1_000L, null, null));
        // Then
        assertThat(open()).isEmpty();
    }

    @Test
    void eachObjectiveThatIsBrokenIsACauseOfItsOwn() {
        // When
        hear(checked(1, null, OBJECTIVE, 3_600_000L, OBJECTIVE));
        assertThat(open()).isEmpty();
        hear(checked(2, null, OBJECTIVE + 1, 3_600_001L, 3_723_000L));
        // Then
        assertThat(open())
                .containsExactly(
                        "objective-missed:shop:rpo-drill ERROR",
                        "objective-missed:shop:rto-drill ERROR",
                        "objective-missed:shop:rto-forecast ERROR");
        assertThat(told("objective-missed:shop:rto-forecast").summary())
                .isEqualTo("shop: recovery now would take about 1 h 2 min 3 s, the objective is 45 min 0 s");
        // When a backup makes the way shorter
        hear(checked(3, null, OBJECTIVE + 1, null, 1_000L));
        // Then
        assertThat(open()).containsExactly("objective-missed:shop:rto-drill ERROR");
    }
}
