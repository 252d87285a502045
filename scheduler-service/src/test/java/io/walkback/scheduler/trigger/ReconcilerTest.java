package io.walkback.scheduler.trigger;

import static io.walkback.scheduler.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.WalDurability;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.OperationState;
import io.walkback.scheduler.Filled;
import io.walkback.scheduler.Samples;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private final Filled filled = new Filled();
    private final List<OperationRecord> log = new ArrayList<>();
    private final Reconciler reconciler = new Reconciler(
            filled.state,
            record -> {
                log.add(record);
                return CompletableFuture.completedFuture(null);
            },
            Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void close() {
        filled.close();
    }

    private void reception(String id, OperationState state) {
        filled.put(Samples.operation("shop", id, new Command.ReceiveWal(), state, null), NOW);
    }

    @Test
    void opensOneReceptionForEachDatabaseThatStreams() {
        // Given
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        filled.put(Samples.database("plain", "0 0 2 * * *", false), NOW);
        // When
        reconciler.tick();
        // Then
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.Opened.class, opened -> {
            assertThat(opened.operation()).hasToString("wal-shop");
            assertThat(opened.command()).isEqualTo(new Command.ReceiveWal());
        });
    }

    @Test
    void endsAHoldOnlyWhenItsTimeIsOver() {
        // Given
        BackupId backup = new BackupId("b1");
        OperationState open = new OperationState.Open(null);
        filled.put(Samples.operation("shop", "h1", new Command.Hold(backup, "audit", null), open, null), NOW);
        filled.put(
                Samples.operation("shop", "h2", new Command.Hold(backup, "audit", NOW.plusSeconds(1)), open, null),
                NOW);
        filled.put(Samples.operation("shop", "h3", new Command.Hold(backup, "audit", NOW), open, null), NOW);
        // When
        reconciler.tick();
        // Then
        assertThat(log)
                .singleElement()
                .isInstanceOfSatisfying(OperationRecord.CancelRequested.class, cancel -> assertThat(cancel.operation())
                        .hasToString("h3"));
    }

    @Test
    void leavesAReceptionAloneThatRuns() {
        // Given
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        reception("wal-shop", new OperationState.Open(null));
        // When
        reconciler.tick();
        // Then
        assertThat(log).isEmpty();
    }

    @Test
    void opensTheNextReceptionAfterOneThatIsOver() {
        // Given
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        reception("wal-shop", new OperationState.Cancelled(NOW));
        reception("wal-shop.2", new OperationState.Cancelled(NOW));
        // When
        reconciler.tick();
        // Then
        assertThat(log).singleElement().satisfies(record -> assertThat(record.operation())
                .hasToString("wal-shop.3"));
    }

    @Test
    void cancelsAReceptionWhenItsDatabaseIsGoneOrNoLongerStreams() {
        // Given
        reception("wal-shop", new OperationState.Open(null));
        // When
        reconciler.tick();
        filled.put(Samples.database("shop", "0 0 2 * * *", false), NOW);
        reconciler.tick();
        // Then
        assertThat(log).hasSize(2).allSatisfy(record -> assertThat(record)
                .isInstanceOf(OperationRecord.CancelRequested.class));
    }

    @Test
    void opensASecondReceiverWhereThePolicyHasATailAndEndsItWithThat() {
        // Given
        DatabaseRegistration plain = Samples.database("shop", "0 0 2 * * *", true);
        filled.put(
                new DatabaseRegistration(
                        plain.id(),
                        plain.connection(),
                        plain.system(),
                        plain.policy().durable(WalDurability.KAFKA_TAIL),
                        plain.labels()),
                NOW);
        // When
        reconciler.tick();
        // Then
        assertThat(log)
                .extracting(record -> record.operation().value())
                .containsExactlyInAnyOrder("wal-shop", "wal.b-shop");
        // Given
        log.clear();
        reception("wal-shop", new OperationState.Open(null));
        filled.put(
                Samples.operation(
                        "shop", "wal.b-shop", new Command.AccompanyWal(), new OperationState.Open(null), null),
                NOW);
        reconciler.tick();
        assertThat(log).isEmpty();
        // When
        filled.put(plain, NOW);
        reconciler.tick();
        // Then
        assertThat(log)
                .singleElement()
                .isInstanceOfSatisfying(OperationRecord.CancelRequested.class, cancel -> assertThat(cancel.operation())
                        .hasToString("wal.b-shop"));
    }

    @Test // F19
    void skipsARequestThatNoWorkerTookInTime() {
        // Given
        Command backup = new Command.TakeBackup(new BackupId("b1"));
        filled.put(Samples.operation("shop", "b1", backup, new OperationState.Open(null), NOW.minusSeconds(1)), NOW);
        filled.put(Samples.operation("shop", "b2", backup, new OperationState.Open(null), NOW.plusSeconds(1)), NOW);
        // When
        reconciler.tick();
        // Then
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.Skipped.class, skipped -> {
            assertThat(skipped.operation()).hasToString("b1");
            assertThat(skipped.problem().code()).isEqualTo(FailureCode.REQUEST_STALE);
        });
    }

    @Test
    void saysSoWhenTheLogDoesNotTakeARecord() {
        // Given
        filled.put(Samples.database("shop", "0 0 2 * * *", true), NOW);
        RetryableException away = new RetryableException(FailureCode.BROKER_UNAVAILABLE, "injected", "Wait.");
        // When
        Reconciler failing = new Reconciler(
                filled.state, _ -> CompletableFuture.failedFuture(away), Clock.fixed(NOW, ZoneOffset.UTC));
        // Then
        assertThatThrownBy(failing::tick).isSameAs(away);
    }
}
