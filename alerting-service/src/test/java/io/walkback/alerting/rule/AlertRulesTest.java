package io.walkback.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupExpired;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.OperationId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AlertRulesTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void aFinalBackupFailureIsAnErrorUnderKindAndDatabase() {
        // When
        Signal signal = AlertRules.signals(Facts.backupFailed(Facts.SHOP, T, 4L, true, "no answer\n from 10.0.0.1"))
                .getFirst();
        // Then
        assertThat(signal.subject().key()).isEqualTo("backup-failed:shop");
        assertThat(signal).isInstanceOfSatisfying(Signal.Raised.class, raised -> {
            assertThat(raised.severity()).isEqualTo(Severity.ERROR);
            assertThat(raised.version()).isEqualTo(4);
            assertThat(raised.summary()).isEqualTo("Backup of shop failed: no answer from 10.0.0.1");
            assertThat(raised.details())
                    .containsEntry("failureCode", "POSTGRES_UNREACHABLE")
                    .containsEntry("failureRunbook", "failures-postgres")
                    .containsEntry("backupId", "b-4")
                    .containsEntry("hint", "Start the server.");
        });
    }

    @Test // P10
    void aLogicalBackupAlarmsAndClearsByItself() {
        // Given
        BackupFailed physical = Facts.backupFailed(Facts.SHOP, T, 4L, true, "down");
        BackupFailed logical = new BackupFailed(
                physical.header(), physical.backupId(), BackupType.LOGICAL, physical.problem(), 3, true);
        // When
        Signal failed = AlertRules.signals(logical).getFirst();
        Signal completed = AlertRules.signals(new BackupCompleted(
                        physical.header(),
                        physical.backupId(),
                        BackupType.LOGICAL,
                        new BackupExtent(
                                new Lsn(1),
                                new Lsn(2),
                                TimelineId.FIRST,
                                new SystemIdentifier(7),
                                150_019,
                                1 << 24,
                                1,
                                1,
                                "sha256:00",
                                0),
                        T,
                        T,
                        0,
                        null))
                .getFirst();
        // Then the alarm of the physical backup stays
        assertThat(failed.subject().key())
                .isEqualTo("backup-failed:shop:logical")
                .isEqualTo(completed.subject().key());
        assertThat(failed).isInstanceOfSatisfying(Signal.Raised.class, raised -> assertThat(raised.summary())
                .startsWith("Logical backup of shop failed"));
        assertThat(completed).isInstanceOf(Signal.Cleared.class);
    }

    @Test
    void anAttemptThatAnotherFollowsIsAWarning() {
        assertThat(AlertRules.signals(Facts.backupFailed(Facts.SHOP, T, 4L, false, "down")))
                .singleElement()
                .isInstanceOfSatisfying(Signal.Raised.class, raised -> assertThat(raised.severity())
                        .isEqualTo(Severity.WARNING));
    }

    @Test
    void aFailedRestoreIsCriticalAndSaysWhere() {
        assertThat(AlertRules.signals(Facts.restoreFailed(Facts.SHOP, T, 4)))
                .singleElement()
                .isInstanceOfSatisfying(Signal.Raised.class, raised -> {
                    assertThat(raised.severity()).isEqualTo(Severity.CRITICAL);
                    assertThat(raised.details())
                            .containsEntry("host", "db7")
                            .containsEntry("directory", "/srv/pg")
                            .containsEntry("phase", "fetch")
                            .containsEntry("failureRunbook", "failures-restore");
                });
    }

    @Test
    void textIsBoundedWhateverTheErrorSays() {
        assertThat(AlertRules.signals(Facts.backupFailed(Facts.SHOP, T, 4L, true, "x".repeat(100_000))))
                .singleElement()
                .isInstanceOfSatisfying(Signal.Raised.class, raised -> {
                    assertThat(raised.summary().length()).isLessThan(600);
                    assertThat(raised.details().values())
                            .allSatisfy(value -> assertThat(value.length()).isLessThan(1_600));
                });
    }

    @Test
    void whatAlarmsNobodySaysNothing() {
        assertThat(AlertRules.signals(new BackupExpired(
                        Facts.header(Facts.SHOP, T, 4L), new BackupId("b"), new OperationId("e"), "too old")))
                .isEmpty();
    }

    @Test
    void platformCausesHaveNoDatabaseInTheirKey() {
        assertThat(AlertSubject.sink("slack").key()).isEqualTo("sink-broken:slack");
    }
}
