package io.walkback.domain.operation;

import static io.walkback.domain.operation.OperationFoldCase.ANNE;
import static io.walkback.domain.operation.OperationFoldCase.SHOP;
import static io.walkback.domain.operation.OperationFoldCase.T0;
import static io.walkback.domain.operation.OperationFoldCase.facts;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a backup that was found in the repository does to the log.
class FoundBackupTest {
    private static final OperationId B1 = new OperationId("b1");
    private static final OperationRecord.Problem BROKEN =
            new OperationRecord.Problem(FailureCode.WAL_GAP, "wal is missing", "Take another one.");

    private final OperationFold fold = new OperationFold();
    private long offset;

    private Optional<OperationFold.Change> write(OperationRecord record) {
        return fold.apply(record, new Epoch("log", 0, offset++));
    }

    private static OperationRecord.Found found(String id, boolean complete, Instant at) {
        return new OperationRecord.Found(SHOP, new OperationId(id), facts(id), complete, "catalog rebuild", at);
    }

    private OperationState state() {
        return fold.find(B1).orElseThrow().state();
    }

    @Test // P4
    void makesKnownWhatNobodyRemembersWithTheTimesOfItsManifest() {
        // When
        write(found("b1", true, T0.plusSeconds(99)));
        // Then
        assertThat(state()).isEqualTo(new OperationState.Completed(facts("b1"), T0));
        assertThat(fold.find(B1).orElseThrow().openedAt()).isEqualTo(T0);
        assertThat(fold.find(B1).orElseThrow().requestedBy()).isEqualTo("catalog rebuild");
    }

    @Test // P1
    void awaitsItsWalAndIsCompletedByWhoeverSeesIt() {
        // Given
        write(found("b1", false, T0));
        Epoch epoch = new Epoch("log", 0, 0);
        assertThat(state()).isEqualTo(new OperationState.AwaitingWal(epoch, facts("b1"), T0));
        // When
        write(new OperationRecord.Completed(SHOP, B1, epoch, facts("b1"), T0.plusSeconds(5)));
        // Then
        assertThat(state()).isEqualTo(new OperationState.Completed(facts("b1"), T0.plusSeconds(5)));
    }

    @Test // P8
    void changesNothingOfWhatTheLogKnows() {
        // Given one that failed for want of WAL after its manifest was committed
        write(OperationFoldCase.backup("b1", 1));
        Epoch epoch = new Epoch("log", 0, offset);
        write(OperationFoldCase.claimed("b1", 1, ANNE, Set.of(Resource.base(SHOP)), Set.of()));
        // When, then: a worker is about to say that it has copied
        assertThat(write(found("b1", true, T0))).isEmpty();
        write(new OperationRecord.Copied(SHOP, B1, epoch, facts("b1"), T0));
        write(new OperationRecord.AttemptFailed(SHOP, B1, epoch, BROKEN, false, T0));
        OperationState before = state();
        // When, then: told again, and the same
        assertThat(write(found("b1", true, T0))).hasValueSatisfying(change -> {
            assertThat(change.after().state()).isEqualTo(before);
            assertThat(change.after().requestedBy()).isEqualTo("cron");
        });
        assertThat(before).isInstanceOf(OperationState.Failed.class);
    }

    @Test // P5
    void isVoidOnceAnExpiryHasMarkedIt() {
        // Given
        OperationId expiry = new OperationId("e1");
        write(new OperationRecord.Opened(SHOP, expiry, new Command.Expire(), Map.of(), 1, "cron", null, T0));
        Epoch epoch = new Epoch("log", 0, offset);
        write(OperationFoldCase.claimed("e1", 1, ANNE, Set.of(Resource.expiry(SHOP)), Set.of()));
        write(new OperationRecord.Expiring(SHOP, expiry, epoch, new BackupId("b1"), T0));
        // When, then
        assertThat(write(found("b1", true, T0))).isEmpty();
        assertThat(fold.find(B1)).isEmpty();
        write(new OperationRecord.Expired(SHOP, expiry, new BackupId("b1"), "window", T0));
        assertThat(write(found("b1", true, T0))).isEmpty();
    }

    @Test
    void isFoundAgainWhenItsOperationIsForgotten() {
        // Given
        write(found("b1", true, T0));
        Instant later = T0.plus(OperationFold.KEPT).plus(Duration.ofDays(3));
        write(found("b2", true, later));
        assertThat(fold.forget(later, 10)).extracting(Operation::id).containsExactly(B1);
        // When, then
        assertThat(write(found("b1", true, later))).isPresent();
    }

    @Test
    void takesAnIdOnceAndOnlyThatOfTheBackup() {
        // Given
        write(found("b1", true, T0));
        OperationRecord.Found elsewhere =
                new OperationRecord.Found(new DatabaseId("bank"), B1, facts("b1"), true, "catalog rebuild", T0);
        OperationRecord.Found misnamed =
                new OperationRecord.Found(SHOP, new OperationId("b9"), facts("b2"), true, "catalog rebuild", T0);
        // When, then
        assertThat(write(elsewhere)).isEmpty();
        assertThat(write(misnamed)).isEmpty();
    }
}
