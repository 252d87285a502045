package io.walkback.alerting.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.alerting.Facts;
import io.walkback.alerting.state.AlertFold;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.CopiesChecked;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.event.VerificationFailed;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What people hear of the repository and of damaged pages.
class RepositoryAlertsTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

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

    private static RepositoryFinding finding(FailureCode code, String object) {
        return new RepositoryFinding(
                Facts.header(Facts.SHOP, T, null),
                "verify/" + object,
                Severity.CRITICAL,
                new Problem(code, "object '" + object + "' is not what it was", "Look who did it."),
                object,
                List.of(new BackupId("b1"), new BackupId("b2")));
    }

    private static VerificationCompleted verified(long version, @Nullable Instant allReadSince) {
        return new VerificationCompleted(
                Facts.header(Facts.SHOP, T, version), new OperationId("v" + version), null, 1, 1, 1, allReadSince);
    }

    private static BackupCompleted completed(long version, long pageErrors) {
        BackupExtent extent = new BackupExtent(
                new Lsn(1),
                new Lsn(2),
                TimelineId.FIRST,
                new SystemIdentifier(7),
                150_019,
                1 << 24,
                1,
                1,
                "sha256:00",
                pageErrors);
        return new BackupCompleted(
                Facts.header(Facts.SHOP, T, version),
                new BackupId("b" + version),
                BackupType.PHYSICAL,
                extent,
                T,
                T,
                1,
                null);
    }

    @Test // F31
    void isOneIncidentPerWayOfTamperingHoweverManyObjects() {
        // When
        for (int i = 0; i < 50; i++) {
            hear(finding(FailureCode.OBJECT_HIDDEN, "shop/7/packs/a/" + i));
            hear(finding(FailureCode.OBJECT_OVERWRITTEN, "shop/7/packs/a/" + i));
        }
        // Then
        assertThat(open())
                .containsExactly(
                        "repository-tampered:shop:object-hidden", "repository-tampered:shop:object-overwritten");
        assertThat(alerts.values()).allSatisfy(alert -> {
            assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
            assertThat(alert.count()).isEqualTo(50);
            assertThat(alert.revision()).isEqualTo(1);
            assertThat(alert.details())
                    .containsEntry("affectedBackups", "b1, b2")
                    .containsEntry("failureRunbook", "failures-repository")
                    .containsEntry("hint", "Look who did it.");
        });
    }

    @Test // P3
    void endsOnlyWhenEverythingWasReadAndFoundRight() {
        // Given
        hear(finding(FailureCode.OBJECT_CORRUPT, "shop/7/packs/a/1"));
        hear(finding(FailureCode.OBJECT_UNLOCKED, "shop/7/packs/a/2"));
        // When another part was found right
        hear(verified(10, null));
        // Then
        assertThat(open()).containsExactly("repository-damaged:shop", "repository-tampered:shop:object-unlocked");
        // When
        hear(verified(11, T.minusSeconds(60)));
        // Then
        assertThat(open()).isEmpty();
    }

    @Test // pitfall 28
    void damagedPagesStayAnIncidentUntilABackupHasNone() {
        // Given
        hear(finding(FailureCode.PAGE_CHECKSUM, "base/5/16384"));
        // When, then
        hear(completed(5, 3));
        assertThat(open()).containsExactly("page-checksum:shop");
        hear(completed(6, 0));
        assertThat(open()).isEmpty();
    }

    @Test // P9, P10
    void aVerificationThatCouldNotReadIsAnErrorAndOneThatFoundSomethingHasToldSoItself() {
        // Given
        Problem away = new Problem(FailureCode.STORE_UNAVAILABLE, "no answer", "Wait.");
        Problem damage = new Problem(FailureCode.OBJECT_CORRUPT, "1 finding", "Restore from another.");
        OperationId id = new OperationId("v1");
        // When, then
        hear(new VerificationFailed(Facts.header(Facts.SHOP, T, 3L), id, null, away, 0, List.of(), false));
        assertThat(open()).isEmpty();
        hear(new VerificationFailed(Facts.header(Facts.SHOP, T, 4L), id, null, away, 0, List.of(), true));
        assertThat(open()).containsExactly("verification-failed:shop");
        hear(new VerificationFailed(Facts.header(Facts.SHOP, T, 5L), id, null, damage, 0, List.of(), true));
        assertThat(open()).isEmpty();
    }

    private static CopiesChecked copies(int number, String... overdue) {
        return new CopiesChecked(
                new EventHeader(new UUID(9, number), new DatabaseId("shop"), T, null),
                Stream.of(overdue).map(BackupId::new).toList(),
                overdue.length == 0 ? null : T.minusSeconds(86_401));
    }

    @Test
    void backupsThatAreInOnePlaceOnlyAlarmOnceUntilNoneIs() {
        // When
        hear(copies(1, "b1"));
        hear(copies(2, "b1", "b2"));
        // Then
        assertThat(alerts.get("copy-overdue:shop")).isNotNull().satisfies(open -> {
            assertThat(open.status()).isEqualTo(AlertStatus.OPEN);
            assertThat(open.severity()).isEqualTo(Severity.ERROR);
            assertThat(open.revision()).isEqualTo(1);
            assertThat(open.details()).containsEntry("overdueBackups", "b1, b2");
        });
        // When
        hear(copies(3));
        assertThat(alerts.get("copy-overdue:shop"))
                .extracting(AlertState::status)
                .isEqualTo(AlertStatus.RESOLVED);
        // And again
        hear(copies(4, "b3"));
        assertThat(alerts.get("copy-overdue:shop"))
                .extracting(AlertState::status)
                .isEqualTo(AlertStatus.OPEN);
    }
}
