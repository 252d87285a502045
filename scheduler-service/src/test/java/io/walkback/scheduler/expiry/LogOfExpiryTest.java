package io.walkback.scheduler.expiry;

import static io.walkback.scheduler.Samples.NOW;
import static io.walkback.scheduler.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.catalog.projection.LogProjection;
import io.walkback.catalog.projection.Projected;
import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.AuditEntry;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.WalExpired;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationRecord.Problem;
import io.walkback.domain.operation.Resource;
import io.walkback.domain.operation.WorkerId;
import io.walkback.repository.expiry.ExpiryLog.Mark;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import io.walkback.scheduler.command.Sent;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// On a real fold and its projection, record by record.
class LogOfExpiryTest {
    private static final BackupId OLD = new BackupId("old");
    private static final WorkerId ME = new WorkerId("me", new UUID(0, 1));

    private final Filled filled = new Filled();
    private final Sent sent = new Sent(NOW);
    private final OperationFold fold = new OperationFold();
    private long offset;

    @AfterEach
    void close() {
        filled.close();
        sent.commands.close();
    }

    private Epoch write(OperationRecord record) {
        Epoch place = new Epoch("log", 0, offset++);
        fold.apply(record, place).ifPresent(change -> {
            Projected projected = LogProjection.project(change, fold, filled.state::backupsOf);
            projected.backups().forEach(backup -> filled.put(backup, NOW));
            filled.put(projected.operation(), NOW);
        });
        return place;
    }

    private Epoch claim(String id, Command command, Set<BackupId> pins) {
        write(new OperationRecord.Opened(SHOP, new OperationId(id), command, Map.of(), 1, "anne", null, NOW));
        return write(
                new OperationRecord.Claimed(SHOP, new OperationId(id), 1, ME, Set.of(new Resource(id)), pins, NOW));
    }

    private LogOfExpiry expiry(String id, LogOfExpiry.Held held) {
        Epoch epoch = claim(id, new Command.Expire(), Set.of());
        return new LogOfExpiry(
                SHOP,
                new OperationId(id),
                epoch,
                held,
                record -> {
                    write(record);
                    return CompletableFuture.completedFuture(null);
                },
                sent.commands,
                filled.state,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private BackupStatus status() {
        return filled.state.backups(OLD).stream()
                .map(BackupCatalogEntry::status)
                .findFirst()
                .orElseThrow();
    }

    @Test // P5
    void marksABackupAndSaysThatItIsGone() throws Exception {
        // Given
        filled.put(Samples.backup("shop", "old", BackupStatus.COMPLETED, NOW), NOW);
        offset = 100;
        LogOfExpiry log = expiry("x1", () -> {});
        // When
        Mark mark = log.mark(OLD);
        BackupStatus marked = status();
        log.expired(OLD, "too old");
        // Then
        assertThat(mark).isEqualTo(Mark.MARKED);
        assertThat(marked).isEqualTo(BackupStatus.EXPIRING);
        assertThat(status()).isEqualTo(BackupStatus.EXPIRED);
    }

    @Test
    void saysWhichWalIsAboutToGo() {
        // Given
        LogOfExpiry log = expiry("x1", () -> {});
        // When
        log.walGoes(new SystemIdentifier(42), TimelineId.FIRST, Lsn.parse("0/1000000"), Lsn.parse("0/4000000"));
        // Then
        assertThat(sent.messages(WalExpired.class))
                .singleElement()
                .returns(SHOP, WalExpired::database)
                .returns(new OperationId("x1"), WalExpired::operationId)
                .returns(Lsn.parse("0/1000000"), WalExpired::fromLsn)
                .returns(Lsn.parse("0/4000000"), WalExpired::toLsn);
        assertThat(sent.messages(AuditEntry.class))
                .extracting(AuditEntry::action)
                .containsExactly("wal.expire");
    }

    @Test // F43
    void findsABackupNeededThatSomethingLiveHasPinnedOrHeld() throws Exception {
        // Given
        claim("r1", new Command.Verify(OLD), Set.of(OLD));
        BackupId held = new BackupId("held");
        write(new OperationRecord.Opened(
                SHOP, new OperationId("h1"), new Command.Hold(held, "audit", null), Map.of(), 1, "anne", null, NOW));
        LogOfExpiry log = expiry("x1", () -> {});
        // Then
        assertThat(log.mark(OLD)).isEqualTo(Mark.NEEDED);
        assertThat(log.mark(held)).isEqualTo(Mark.NEEDED);
        assertThat(log.mark(new BackupId("free"))).isEqualTo(Mark.MARKED);
    }

    @Test // F44
    void finishesWhatAnEarlierExpiryHasMarked() throws Exception {
        // Given
        LogOfExpiry first = expiry("x1", () -> {});
        assertThat(first.mark(OLD)).isEqualTo(Mark.MARKED);
        Epoch epoch = fold.find(new OperationId("x1"))
                .orElseThrow()
                .holder()
                .orElseThrow()
                .epoch();
        write(new OperationRecord.AttemptFailed(
                SHOP, new OperationId("x1"), epoch, new Problem(FailureCode.INTERNAL, "m", "h"), false, NOW));
        LogOfExpiry second = expiry("x2", () -> {});
        // When
        Mark mark = second.mark(OLD);
        second.expired(OLD, "too old");
        // Then
        assertThat(mark).isEqualTo(Mark.MARKED);
        assertThat(fold.find(new OperationId("x1")).orElseThrow().expired()).containsExactly(OLD);
        assertThat(fold.find(new OperationId("x2")).orElseThrow().marks(OLD)).isFalse();
    }

    @Test
    void marksNothingForAClaimThatIsLost() {
        // Given
        LogOfExpiry log = expiry("x1", () -> {
            throw new RetryableException(FailureCode.LEASE_LOST, "lost", "Test.");
        });
        // Then
        assertThatThrownBy(log::requireHeld).hasMessage("lost");
        assertThatThrownBy(() -> log.expired(OLD, "x")).isInstanceOf(IllegalStateException.class);
    }
}
