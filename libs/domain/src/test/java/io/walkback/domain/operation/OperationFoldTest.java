package io.walkback.domain.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperationFoldTest extends OperationFoldCase {
    @Test // P8
    void opensOneOperationForARequestThatArrivesFiveTimes() {
        // When
        for (int i = 0; i < 5; i++) {
            write(backup("b1", 3));
        }
        // Then
        assertThat(fold.all()).hasSize(1);
        assertThat(fold.of(SHOP)).singleElement().satisfies(o -> assertThat(o.stateVersion())
                .isZero());
    }

    @Test
    void givesTheOperationToTheFirstClaimInLogOrder() {
        // Given
        write(backup("b1", 3));
        // When
        Epoch first = claim("b1", 1, ANNE, Resource.base(SHOP));
        Epoch second = claim("b1", 1, BERT, Resource.base(SHOP));
        // Then
        assertThat(state("b1")).isInstanceOfSatisfying(OperationState.Claimed.class, held -> {
            assertThat(held.epoch()).isEqualTo(first).isNotEqualTo(second);
            assertThat(held.worker()).isEqualTo(ANNE);
        });
    }

    @Test // pitfall 71
    void holdsASecondBackupOfADatabaseBackWhileOneReadsIt() {
        // Given
        write(backup("b1", 3));
        write(backup("b2", 3));
        Epoch first = claim("b1", 1, ANNE, Resource.base(SHOP));
        // When
        claim("b2", 1, BERT, Resource.base(SHOP));
        // Then
        assertThat(state("b2")).isInstanceOf(OperationState.Open.class);
        // And the resource is free again once the copy is done, though its WAL is not there yet.
        write(new OperationRecord.Copied(SHOP, new OperationId("b1"), first, facts("b1"), T0));
        claim("b2", 1, BERT, Resource.base(SHOP));
        assertThat(state("b2")).isInstanceOf(OperationState.Claimed.class);
    }

    @Test // P1
    void neverCompletesABackupThatHasNotAwaitedItsWal() {
        // Given
        write(backup("b1", 3));
        Epoch epoch = claim("b1", 1, ANNE, Resource.base(SHOP));
        // When
        write(new OperationRecord.Completed(SHOP, new OperationId("b1"), epoch, facts("b1"), T0));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Claimed.class);
        // And after its copy it does
        write(new OperationRecord.Copied(SHOP, new OperationId("b1"), epoch, facts("b1"), T0));
        write(new OperationRecord.Completed(SHOP, new OperationId("b1"), epoch, facts("b1"), T0));
        assertThat(state("b1")).isEqualTo(new OperationState.Completed(facts("b1"), T0));
    }

    @Test // P1
    void failsABackupWhoseWalIsGoneForGoodWhateverAttemptsAreLeft() {
        // Given
        write(backup("b1", 3));
        Epoch epoch = claim("b1", 1, ANNE, Resource.base(SHOP));
        write(new OperationRecord.Copied(SHOP, new OperationId("b1"), epoch, facts("b1"), T0));
        Problem gap = new Problem(FailureCode.WAL_GAP, "m", "h");
        // When
        Epoch other = new Epoch("log", 0, 77);
        write(new OperationRecord.AttemptFailed(SHOP, new OperationId("b1"), other, gap, false, T0));
        write(new OperationRecord.AttemptFailed(SHOP, new OperationId("b1"), epoch, gap, true, T0));
        assertThat(state("b1")).isInstanceOf(OperationState.AwaitingWal.class);
        write(new OperationRecord.AttemptFailed(SHOP, new OperationId("b1"), epoch, gap, false, T0));
        // Then
        assertThat(state("b1")).isEqualTo(new OperationState.Failed(gap, T0));
        write(new OperationRecord.Completed(SHOP, new OperationId("b1"), epoch, facts("b1"), T0));
        assertThat(state("b1")).isEqualTo(new OperationState.Failed(gap, T0));
    }

    @Test // F06
    void hearsNothingOfAZombieOnceItsEpochIsLost() {
        // Given
        write(backup("b1", 3));
        Epoch zombie = claim("b1", 1, ANNE, Resource.base(SHOP));
        write(new OperationRecord.AttemptLost(SHOP, new OperationId("b1"), zombie, BERT, T0));
        Epoch successor = claim("b1", 2, BERT, Resource.base(SHOP));
        // When
        write(new OperationRecord.Copied(SHOP, new OperationId("b1"), zombie, facts("b1"), T0));
        write(new OperationRecord.AttemptFailed(
                SHOP, new OperationId("b1"), zombie, new Problem(FailureCode.INTERNAL, "m", "h"), false, T0));
        // Then
        assertThat(state("b1")).isInstanceOfSatisfying(OperationState.Claimed.class, held -> assertThat(held.epoch())
                .isEqualTo(successor));
    }

    @Test
    void failsOnlyAfterTheLastAttempt() {
        // Given
        Problem problem = new Problem(FailureCode.POSTGRES_UNREACHABLE, "m", "h");
        OperationId id = new OperationId("b1");
        write(backup("b1", 2));
        // When
        write(new OperationRecord.AttemptFailed(
                SHOP, id, claim("b1", 1, ANNE, Resource.base(SHOP)), problem, true, T0));
        // Then
        assertThat(state("b1")).isEqualTo(new OperationState.Open(problem));
        // When
        write(new OperationRecord.AttemptFailed(
                SHOP, id, claim("b1", 2, BERT, Resource.base(SHOP)), problem, true, T0));
        // Then
        assertThat(state("b1")).isEqualTo(new OperationState.Failed(problem, T0));
    }

    @Test
    void failsAtOnceWhenNoOtherAttemptCanHelp() {
        // Given
        Problem problem = new Problem(FailureCode.POSTGRES_AUTHENTICATION, "m", "h");
        write(backup("b1", 3));
        // When
        write(new OperationRecord.AttemptFailed(
                SHOP, new OperationId("b1"), claim("b1", 1, ANNE, Resource.base(SHOP)), problem, false, T0));
        // Then
        assertThat(state("b1")).isEqualTo(new OperationState.Failed(problem, T0));
    }

    @Test
    void cancelsAnOpenOperationAtOnceAndAHeldOneWhenItsAttemptEnds() {
        // Given
        OperationId id = new OperationId("b1");
        write(backup("b1", 3));
        Epoch epoch = claim("b1", 1, ANNE, Resource.base(SHOP));
        // When
        write(new OperationRecord.CancelRequested(SHOP, id, "dba", T0));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Claimed.class);
        // And a dead holder cannot keep it from being cancelled
        write(new OperationRecord.AttemptLost(SHOP, id, epoch, BERT, T0));
        assertThat(state("b1")).isEqualTo(new OperationState.Cancelled(T0));

        write(backup("b2", 3));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("b2"), "dba", T0));
        assertThat(state("b2")).isEqualTo(new OperationState.Cancelled(T0));
    }

    @Test
    void takesNoClaimWhilePausedAndDoesNotCountAnAttemptThatWasHandedBack() {
        // Given
        OperationId id = new OperationId("b1");
        write(backup("b1", 1));
        write(new OperationRecord.Paused(SHOP, id, "dba", T0));
        // When
        claim("b1", 1, ANNE, Resource.base(SHOP));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Open.class);
        // When
        write(new OperationRecord.Released(SHOP, id, "dba", T0));
        Epoch epoch = claim("b1", 1, ANNE, Resource.base(SHOP));
        write(new OperationRecord.HandedBack(SHOP, id, epoch, T0));
        claim("b1", 2, BERT, Resource.base(SHOP));
        // Then
        assertThat(state("b1")).isInstanceOfSatisfying(OperationState.Claimed.class, held -> assertThat(held.worker())
                .isEqualTo(BERT));
    }

    @Test // F19
    void skipsOnlyWhatNobodyBegan() {
        // Given
        Problem stale = new Problem(FailureCode.REQUEST_STALE, "m", "h");
        write(backup("b1", 3));
        write(backup("b2", 3));
        claim("b1", 1, ANNE, Resource.base(SHOP));
        // When
        write(new OperationRecord.Skipped(SHOP, new OperationId("b1"), stale, T0));
        write(new OperationRecord.Skipped(SHOP, new OperationId("b2"), stale, T0));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Claimed.class);
        assertThat(state("b2")).isEqualTo(new OperationState.Rejected(stale, T0));
    }

    @Test
    void neverRunsOutOfAttemptsToReceiveWal() {
        // Given
        OperationId id = new OperationId("wal-shop");
        write(new OperationRecord.Opened(SHOP, id, new Command.ReceiveWal(), Map.of(), 1, "policy", null, T0));
        // When
        for (int attempt = 1; attempt <= 50; attempt++) {
            Epoch epoch = claim("wal-shop", attempt, ANNE, Resource.wal(SHOP));
            write(new OperationRecord.AttemptLost(SHOP, id, epoch, BERT, T0));
        }
        // Then
        assertThat(state("wal-shop")).isInstanceOf(OperationState.Open.class);
    }

    @Test
    void keepsAnIdWithTheDatabaseThatOpenedIt() {
        // Given
        write(backup("b1", 3));
        // When
        boolean heard = fold.apply(
                        new OperationRecord.Opened(
                                new DatabaseId("other"),
                                new OperationId("b1"),
                                new Command.ReceiveWal(),
                                Map.of(),
                                1,
                                "x",
                                null,
                                T0),
                        new Epoch("log", 1, 0))
                .isPresent();
        // Then
        assertThat(heard).isFalse();
    }
}
