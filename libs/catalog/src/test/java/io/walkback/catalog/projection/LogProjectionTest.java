package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupCompleted;
import io.walkback.domain.event.BackupCopied;
import io.walkback.domain.event.BackupExpired;
import io.walkback.domain.event.BackupFailed;
import io.walkback.domain.event.BackupStarted;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.RestoreCompleted;
import io.walkback.domain.event.RestoreFailed;
import io.walkback.domain.event.RestoreStarted;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.event.VerificationFailed;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.RecoveryTarget;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogProjectionTest {
    private final History history = new History();

    private BackupCatalogEntry entry() {
        assertThat(history.last().backups()).hasSize(1);
        return history.last().backups().getFirst();
    }

    @Test
    void tellsABackupFromRequestToCompletion() {
        // When
        history.completeBackup("b1");
        // Then
        assertThat(history.projected.stream().map(p -> p.backups().getFirst().status()))
                .containsExactly(
                        BackupStatus.REQUESTED,
                        BackupStatus.RUNNING,
                        BackupStatus.AWAITING_WAL,
                        BackupStatus.COMPLETED);
        assertThat(history.projected.stream().flatMap(p -> p.facts().stream()).<Class<?>>map(Object::getClass))
                .containsExactly(BackupStarted.class, BackupCopied.class, BackupCompleted.class);
        assertThat(entry().extent()).isNotNull().satisfies(e -> assertThat(e.storedBytes())
                .isEqualTo(10));
        assertThat(entry().completedAt()).isEqualTo(History.T0.plusSeconds(3));
        assertThat(entry().startedAt()).isEqualTo(History.T0);
        assertThat(entry().labels()).containsEntry("region", "eu");
    }

    @Test
    void carriesThePlaceInTheLogAsStateVersion() {
        // When
        history.completeBackup("b1");
        // Then
        for (int offset = 0; offset < 4; offset++) {
            Projected step = history.projected.get(offset);
            assertThat(step.operation().stateVersion()).isEqualTo(offset);
            assertThat(step.backups().getFirst().header().stateVersion()).isEqualTo(offset);
            for (var fact : step.facts()) {
                assertThat(fact.stateVersion()).isEqualTo(offset);
            }
        }
    }

    @Test
    void tellsEachFailedAttemptAndWhichOneWasTheLast() {
        // Given
        history.openBackup("b1", 2);
        // When
        history.fail("b1", history.claim("b1", 1), true);
        Projected first = history.last();
        history.fail("b1", history.claim("b1", 2), true);
        Projected second = history.last();
        // Then
        assertThat(first.facts()).singleElement().isInstanceOfSatisfying(BackupFailed.class, failed -> {
            assertThat(failed.attempt()).isEqualTo(1);
            assertThat(failed.finalAttempt()).isFalse();
            assertThat(failed.problem()).isEqualTo(History.BROKEN);
        });
        assertThat(first.backups().getFirst().status()).isEqualTo(BackupStatus.REQUESTED);
        assertThat(first.backups().getFirst().failure()).isNotNull();
        assertThat(second.facts()).singleElement().isInstanceOfSatisfying(BackupFailed.class, failed -> {
            assertThat(failed.attempt()).isEqualTo(2);
            assertThat(failed.finalAttempt()).isTrue();
        });
        assertThat(second.backups().getFirst().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(second.backups().getFirst().startedAt()).isEqualTo(History.T0.plusSeconds(3));
    }

    @Test // pitfall 72
    void tellsALostAttemptAsAFailedOne() {
        // Given
        history.openBackup("b1", 2);
        Epoch epoch = history.claim("b1", 1);
        // When
        history.write(new OperationRecord.AttemptLost(
                History.SHOP, new OperationId("b1"), epoch, History.ANNE, history.now()));
        // Then
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(BackupFailed.class, failed -> {
            assertThat(failed.problem().code()).isEqualTo(FailureCode.LEASE_LOST);
            assertThat(failed.finalAttempt()).isFalse();
        });
    }

    @Test // F19
    void tellsARefusedRequestAsAFailureBeforeTheFirstAttempt() {
        // When
        history.reject("b1", OperationKind.BACKUP);
        Projected backup = history.last();
        history.reject("r1", OperationKind.RESTORE);
        Projected restore = history.last();
        // Then
        assertThat(backup.facts()).singleElement().isInstanceOfSatisfying(BackupFailed.class, failed -> {
            assertThat(failed.attempt()).isZero();
            assertThat(failed.finalAttempt()).isTrue();
        });
        assertThat(backup.backups()).isEmpty();
        assertThat(restore.facts()).singleElement().isInstanceOfSatisfying(RestoreFailed.class, failed -> {
            assertThat(failed.host()).isNull();
            assertThat(failed.finalAttempt()).isTrue();
        });
    }

    @Test // F19
    void showsAnOverdueBackupAsFailed() {
        // Given
        history.openBackup("b1", 2);
        // When
        history.write(new OperationRecord.Skipped(History.SHOP, new OperationId("b1"), History.BROKEN, history.now()));
        // Then
        assertThat(entry().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(history.last().facts()).singleElement().isInstanceOf(BackupFailed.class);
    }

    @Test
    void saysNothingOfAnAttemptThatEndsBecauseSomebodyCancelled() {
        // Given
        history.openBackup("b1", 2);
        Epoch epoch = history.claim("b1", 1);
        history.write(new OperationRecord.CancelRequested(History.SHOP, new OperationId("b1"), "anne", history.now()));
        // When
        history.fail("b1", epoch, true);
        // Then
        assertThat(history.last().facts()).isEmpty();
        assertThat(entry().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(entry().failure())
                .isNotNull()
                .satisfies(f -> assertThat(f.problem().code()).isEqualTo(FailureCode.CANCELLED));
    }

    @Test
    void keepsWhatWasCopiedWhenTheBackupIsCancelledWhileItAwaitsWal() {
        // Given
        history.openBackup("b1", 2);
        history.copy("b1", history.claim("b1", 1));
        // When
        history.write(new OperationRecord.CancelRequested(History.SHOP, new OperationId("b1"), "anne", history.now()));
        // Then
        assertThat(entry().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(entry().extent()).isNotNull();
    }

    @Test // P1, P10
    void tellsABackupWhoseWalIsGoneForGoodAsFailedAndNeverAsCompleted() {
        // Given
        history.openBackup("b1", 3);
        Epoch epoch = history.claim("b1", 1);
        history.copy("b1", epoch);
        // When
        history.fail("b1", epoch, false);
        // Then
        assertThat(entry().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(entry().completedAt()).isNull();
        assertThat(entry().extent()).isNotNull();
        assertThat(history.last().facts())
                .singleElement()
                .isInstanceOfSatisfying(BackupFailed.class, failed -> assertThat(failed.finalAttempt())
                        .isTrue());
    }

    @Test
    void tellsARestoreWithTheBackupThatItsWorkerPinned() {
        // Given
        history.open("r1", History.restore(null), 1);
        // When
        Epoch epoch = history.claim("r1", 1, "b7");
        Projected started = history.last();
        history.complete("r1", epoch, History.restored("b7"));
        // Then
        assertThat(started.facts()).singleElement().isInstanceOfSatisfying(RestoreStarted.class, event -> {
            assertThat(event.backupId()).isEqualTo(new BackupId("b7"));
            assertThat(event.host()).isEqualTo("db2");
            assertThat(event.directory()).isEqualTo("/srv/restored");
            assertThat(event.epoch()).isEqualTo(epoch);
        });
        assertThat(history.last().facts())
                .singleElement()
                .isInstanceOfSatisfying(RestoreCompleted.class, event -> assertThat(event.socketDirectory())
                        .isEqualTo("/run/pg"));
        assertThat(history.last().backups()).isEmpty();
    }

    @Test
    void tellsAFailedRestoreWithItsTarget() {
        // Given
        history.open("r1", History.restore("b1"), 1);
        // When
        history.fail("r1", history.claim("r1", 1), false);
        // Then
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(RestoreFailed.class, event -> {
            assertThat(event.backupId()).isEqualTo(new BackupId("b1"));
            assertThat(event.host()).isEqualTo("db2");
            assertThat(event.finalAttempt()).isTrue();
        });
    }

    @Test
    void tellsNobodyOfARestoreThatWasOnlyPlannedHoweverThatEnds() {
        // Given
        Command.Restore plan = new Command.Restore(
                new BackupId("b1"),
                new RecoveryTarget.Latest(),
                null,
                "db2",
                "/srv/restored",
                Map.of(),
                true,
                false,
                false,
                true,
                null,
                null,
                null);
        // When
        history.open("r1", plan, 1);
        Epoch claim = history.claim("r1", 1);
        Projected started = history.last();
        history.fail("r1", claim, false);
        // Then
        assertThat(started.facts()).isEmpty();
        assertThat(history.last().facts()).isEmpty();
    }

    @Test
    void marksEveryCompletedBackupThatWasReadBackWhole() {
        // Given
        history.completeBackup("b1");
        history.completeBackup("b2");
        history.openBackup("b3", 3);
        history.open("v1", new Command.Verify(null), 1);
        // When
        history.complete("v1", history.claim("v1", 1), new Facts.Verified(12, 1000, 0, null));
        // Then
        Projected last = history.last();
        assertThat(last.backups().stream().map(BackupCatalogEntry::backupId))
                .containsExactlyInAnyOrder(new BackupId("b1"), new BackupId("b2"));
        assertThat(last.backups()).allSatisfy(backup -> {
            assertThat(backup.verifiedAt()).isEqualTo(history.now().minusSeconds(1));
            assertThat(backup.status()).isEqualTo(BackupStatus.COMPLETED);
            assertThat(backup.header().stateVersion())
                    .isEqualTo(last.operation().stateVersion());
        });
        assertThat(last.facts()).singleElement().isInstanceOfSatisfying(VerificationCompleted.class, event -> {
            assertThat(event.objects()).isEqualTo(12);
            assertThat(event.durationMs()).isEqualTo(1000);
        });
    }

    @Test
    void marksABackupThatWasReadBackThoughItsOperationIsForgotten() {
        // Given
        history.completeBackup("old");
        BackupCatalogEntry old = entry();
        History later = new History();
        later.completeBackup("b2");
        later.catalog.addAll(List.of(old, later.last().backups().getFirst()));
        later.open("v1", new Command.Verify(null), 1);
        // When
        later.complete("v1", later.claim("v1", 1), new Facts.Verified(12, 1000, 0, null));
        // Then
        assertThat(later.last().backups())
                .extracting(BackupCatalogEntry::backupId)
                .containsExactly(new BackupId("b2"), new BackupId("old"));
        assertThat(later.last().backups()).allSatisfy(backup -> {
            assertThat(backup.verifiedAt()).isEqualTo(later.now().minusSeconds(1));
            assertThat(backup.extent()).isNotNull();
            assertThat(backup.completedAt()).isNotNull();
        });
    }

    @Test // P3
    void tellsAVerificationThatFoundDamageAsFailed() {
        // Given
        history.completeBackup("b1");
        history.open("v1", new Command.Verify(new BackupId("b1")), 1);
        // When
        history.complete("v1", history.claim("v1", 1), new Facts.Verified(12, 1000, 2, "packs/a: digest differs"));
        // Then
        assertThat(history.last().backups()).isEmpty();
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(VerificationFailed.class, event -> {
            assertThat(event.damagedObjects()).isEqualTo(2);
            assertThat(event.examples()).containsExactly("packs/a: digest differs");
            assertThat(event.problem().code()).isEqualTo(FailureCode.OBJECT_CORRUPT);
        });
    }

    @Test
    void tellsAVerificationThatCouldNotBeCarriedOut() {
        // Given
        history.open("v1", new Command.Verify(new BackupId("b1")), 1);
        // When
        history.fail("v1", history.claim("v1", 1), true);
        // Then
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(VerificationFailed.class, event -> {
            assertThat(event.damagedObjects()).isZero();
            assertThat(event.backupId()).isEqualTo(new BackupId("b1"));
        });
    }

    @Test
    void saysNothingAboutWalReceptionWhichAlarmsByItsOwnMeasure() {
        // Given
        history.open("wal-shop", new Command.ReceiveWal(), 1);
        // When
        history.fail("wal-shop", history.claim("wal-shop", 1), true);
        // Then
        assertThat(history.projected).allSatisfy(step -> {
            assertThat(step.facts()).isEmpty();
            assertThat(step.backups()).isEmpty();
        });
        assertThat(history.projected).hasSize(3);
    }

    @Test // P8
    void saysNothingAboutARecordThatIsVoid() {
        // Given
        history.openBackup("b1", 2);
        Epoch epoch = history.claim("b1", 1);
        history.copy("b1", epoch);
        List<Projected> before = List.copyOf(history.projected);
        // When
        history.openBackup("b1", 2);
        history.copy("b1", epoch);
        history.fail("b1", epoch, true);
        history.claim("b1", 1);
        // Then
        assertThat(history.projected).isEqualTo(before);
    }

    @Test // P5
    void tellsABackupThatExpiresUntilItsManifestIsGone() {
        // Given
        history.completeBackup("b1");
        history.catalog.add(entry());
        OperationId expiry = new OperationId("x1");
        history.open("x1", new Command.Expire(), 3);
        Epoch epoch = history.claim("x1", 1);
        // When
        history.write(new OperationRecord.Expiring(History.SHOP, expiry, epoch, new BackupId("b1"), history.now()));
        BackupCatalogEntry marked = entry();
        history.write(new OperationRecord.Expired(History.SHOP, expiry, new BackupId("b1"), "too old", history.now()));
        // Then
        assertThat(marked.status()).isEqualTo(BackupStatus.EXPIRING);
        assertThat(marked.extent()).isNotNull();
        assertThat(entry().status()).isEqualTo(BackupStatus.EXPIRED);
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(BackupExpired.class, gone -> {
            assertThat(gone.backupId()).isEqualTo(new BackupId("b1"));
            assertThat(gone.operationId()).isEqualTo(expiry);
            assertThat(gone.reason()).isEqualTo("too old");
        });
    }

    @Test
    void doesNotBringAMarkedBackupBackWhenItsVerificationEnds() {
        // Given
        history.completeBackup("b1");
        history.open("x1", new Command.Expire(), 3);
        Epoch epoch = history.claim("x1", 1);
        history.open("v1", new Command.Verify(null), 1);
        Epoch reading = history.claim("v1", 1);
        history.write(new OperationRecord.Expiring(
                History.SHOP, new OperationId("x1"), epoch, new BackupId("b1"), history.now()));
        // When
        history.complete("v1", reading, new Facts.Verified(1, 1, 0, null));
        // Then
        assertThat(history.last().backups()).isEmpty();
    }
}
