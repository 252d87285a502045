package io.walkback.alerting.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.alerting.Facts;
import io.walkback.alerting.rule.AlertRules;
import io.walkback.alerting.rule.Signal;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AlertState;
import io.walkback.domain.event.AlertStatus;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.Severity;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class F18OutOfOrderAlertsFaultTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

    private final MemoryJournal journal = new MemoryJournal();
    private final AlertBook book = journal.book();

    @Test
    void aFailureThatIsOlderThanTheCompletionDoesNotReopen() {
        // Given
        apply(Facts.restoreFailed(Facts.SHOP, T, 10));
        apply(Facts.restoreCompleted(Facts.SHOP, T, 20));
        // When
        boolean changed = apply(Facts.restoreFailed(Facts.SHOP, T, 15));
        // Then
        assertThat(changed).isFalse();
        assertThat(restore().status()).isEqualTo(AlertStatus.RESOLVED);
    }

    @Test
    void aCompletionThatArrivesBeforeTheFailureItEndsKeepsItClosed() {
        // Given
        apply(Facts.restoreCompleted(Facts.SHOP, T, 20));
        // When
        apply(Facts.restoreFailed(Facts.SHOP, T, 10));
        // Then
        assertThat(restore().status()).isEqualTo(AlertStatus.RESOLVED);
        assertThat(restore().revision()).isZero();
    }

    @Test
    void aCompletionThatIsOlderThanTheFailureDoesNotResolve() {
        // Given
        apply(Facts.restoreFailed(Facts.SHOP, T, 10));
        // When
        apply(Facts.restoreCompleted(Facts.SHOP, T, 5));
        // Then
        assertThat(restore().status()).isEqualTo(AlertStatus.OPEN);
        assertThat(restore().severity()).isEqualTo(Severity.CRITICAL);
    }

    @Test
    void aLaterAttemptDoesNotLowerWhatAFinalFailureRaised() {
        // Given
        apply(Facts.backupFailed(Facts.SHOP, T, 10L, true, "down"));
        // When
        apply(Facts.backupFailed(Facts.SHOP, T, 20L, false, "down again"));
        // Then
        AlertState alert = alert("backup-failed:shop");
        assertThat(alert.severity()).isEqualTo(Severity.ERROR);
        assertThat(alert.count()).isEqualTo(2);
        assertThat(alert.revision()).isEqualTo(1);
        assertThat(alert.summary()).contains("down").doesNotContain("again");
    }

    @Test
    void theFinalFailureRaisesTheWarningOfAnAttemptAndIsTold() {
        // Given
        apply(Facts.backupFailed(Facts.SHOP, T, 10L, false, "down"));
        assertThat(alert("backup-failed:shop").severity()).isEqualTo(Severity.WARNING);
        // When
        apply(Facts.backupFailed(Facts.SHOP, T.plusSeconds(5), 20L, true, "still down"));
        // Then
        AlertState alert = alert("backup-failed:shop");
        assertThat(alert.severity()).isEqualTo(Severity.ERROR);
        assertThat(alert.revision()).isEqualTo(2);
        assertThat(alert.since()).isEqualTo(T);
        assertThat(alert.details()).containsEntry("failureCode", "POSTGRES_UNREACHABLE");
    }

    @Test
    void anEventWithoutAVersionIsTakenOnceAsItComes() {
        // Given
        Event event = Facts.backupFailed(Facts.SHOP, T, null, true, "down");
        // When
        boolean first = apply(event);
        boolean second = apply(event);
        // Then
        assertThat(first).isTrue();
        assertThat(second).isFalse();
        assertThat(alert("backup-failed:shop").status()).isEqualTo(AlertStatus.OPEN);
    }

    @Test
    void nothingChangesHereWhenTheTopicDidNotTakeIt() {
        // Given
        journal.away = true;
        // When
        assertThatThrownBy(() -> apply(Facts.restoreFailed(Facts.SHOP, T, 10))).isInstanceOf(RetryableException.class);
        // Then
        assertThat(book.entries()).isEmpty();
        journal.away = false;
        assertThat(apply(Facts.restoreFailed(Facts.SHOP, T, 10))).isTrue();
    }

    private boolean apply(Event event) {
        Signal signal = AlertRules.signals(event).getFirst();
        return book.apply(signal);
    }

    private AlertState restore() {
        return alert("restore-failed:shop");
    }

    private AlertState alert(String key) {
        AlertEntry entry = book.entry(key);
        if (entry == null) {
            throw new AssertionError("no alert " + key);
        }
        return entry.state();
    }
}
