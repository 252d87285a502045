package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupStarted;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Logical backups in catalog and events.
class LogicalProjectionTest {
    private final History history = new History();

    private static Facts.Dumped dumped(String id) {
        Facts.BackedUp like = History.facts(id);
        return new Facts.Dumped(
                like.backup(),
                like.system(),
                like.serverVersion(),
                like.timeline(),
                like.start(),
                like.stop(),
                like.walSegmentSize(),
                like.sizeBytes(),
                like.storedBytes(),
                like.manifestDigest(),
                like.startedAt(),
                like.copiedAt());
    }

    private Epoch dumping(int attempts) {
        history.open("l1", new Command.TakeDump(new BackupId("l1"), List.of()), attempts);
        return history.claim("l1", 1);
    }

    @Test
    void tellsItFromRequestToCompletionWithItsType() {
        // When
        history.complete("l1", dumping(3), dumped("l1"));
        // Then
        assertThat(history.projected.stream().map(p -> p.backups().getFirst().status()))
                .containsExactly(BackupStatus.REQUESTED, BackupStatus.RUNNING, BackupStatus.COMPLETED);
        assertThat(history.projected.stream().map(p -> p.backups().getFirst().type()))
                .containsOnly(BackupType.LOGICAL);
        assertThat(history.projected.stream().flatMap(p -> p.facts().stream()).<Class<?>>map(Object::getClass))
                .containsExactly(BackupStarted.class, BackupCompleted.class);
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(BackupCompleted.class, completed -> {
            assertThat(completed.type()).isEqualTo(BackupType.LOGICAL);
            assertThat(completed.extent().sizeBytes()).isEqualTo(100);
        });
        BackupCatalogEntry entry = history.last().backups().getFirst();
        assertThat(entry.extent()).isNotNull().satisfies(extent -> assertThat(extent.manifestDigest())
                .isEqualTo("sha256:00"));
        assertThat(entry.startedAt()).isEqualTo(History.T0);
        assertThat(entry.completedAt()).isEqualTo(History.T0.plusSeconds(2));
    }

    @Test
    void aFailureTellsOfWhichTypeTheBackupWas() {
        // When
        history.fail("l1", dumping(1), true);
        // Then
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(BackupFailed.class, failed -> {
            assertThat(failed.type()).isEqualTo(BackupType.LOGICAL);
            assertThat(failed.finalAttempt()).isTrue();
        });
        // And what was never understood has none
        history.reject("b9", OperationKind.BACKUP);
        assertThat(history.last().facts())
                .singleElement()
                .isInstanceOfSatisfying(
                        BackupFailed.class, failed -> assertThat(failed.type()).isEqualTo(BackupType.UNKNOWN));
    }
}
