package io.walkback.scheduler.api;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.RetryableException;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.scheduler.command.Sent;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyncReleaseControllerTest {
    private static final String RELEASE = "0b7c1e6e-6c55-4c39-a7a5-6f0a31d6ad01";

    private final Sent sent = new Sent(NOW);
    private final SyncReleaseController controller = new SyncReleaseController(sent.commands);

    private static SyncReleaseController.Body body(String release, String outcome, String at) {
        return new SyncReleaseController.Body(
                release, at, "ann@host\n", "10.0.0.5:5432", outcome, "ANY 1 (walkback_a)", "", 7, 0);
    }

    @Test
    void aReleaseIsAnEntryOfTheAuditLogWithWhoAndWhatBeforeAndAfter() {
        // When
        SyncReleaseController.Recorded recorded =
                controller.record("shop", body(RELEASE, "SUCCEEDED", "2026-11-22T03:15:00Z"));
        // Then
        assertThat(recorded.releaseId()).isEqualTo(RELEASE);
        assertThat(sent.messages(AuditEntry.class)).singleElement().satisfies(entry -> {
            assertThat(entry.action()).isEqualTo("wal.release-sync");
            assertThat(entry.database()).isEqualTo(new DatabaseId("shop"));
            assertThat(entry.outcome()).isEqualTo(AuditOutcome.SUCCEEDED);
            assertThat(entry.requestId()).isEqualTo(RELEASE);
            assertThat(entry.details())
                    .containsEntry("operator", "ann@host?")
                    .containsEntry("releasedAt", "2026-11-22T03:15:00Z")
                    .containsEntry("before", "ANY 1 (walkback_a)")
                    .containsEntry("after", "")
                    .containsEntry("waitingBefore", "7")
                    .containsEntry("waitingAfter", "0");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "not-an-id, SUCCEEDED, 2026-11-22T03:15:00Z",
        "0b7c1e6e-6c55-4c39-a7a5-6f0a31d6ad01, DENIED, 2026-11-22T03:15:00Z",
        "0b7c1e6e-6c55-4c39-a7a5-6f0a31d6ad01, nonsense, 2026-11-22T03:15:00Z",
        "0b7c1e6e-6c55-4c39-a7a5-6f0a31d6ad01, SUCCEEDED, 2026-11-22T03:15:00",
    })
    void whatIsNoReleaseIsRefusedAndNotWritten(String release, String outcome, String at) {
        assertThatThrownBy(() -> controller.record("shop", body(release, outcome, at)))
                .isInstanceOf(Refused.class);
        assertThat(sent.committed()).isEmpty();
    }

    @Test // F08
    void whereKafkaDoesNotTakeItTheCallerIsToldSo() {
        sent.failNextCommit(new KafkaException("injected"));
        assertThatThrownBy(() -> controller.record("shop", body(RELEASE, "SUCCEEDED", "2026-11-22T03:15:00Z")))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("wal.release-sync");
    }
}
