package io.walkback.domain.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Marks of expiry, holds, and what the fold forgets.
class ExpiryFoldTest extends OperationFoldCase {
    @Test // P5
    void marksNothingAsExpiringThatALiveClaimPinsAndPinsNothingThatIsExpiring() {
        // Given
        BackupId old = new BackupId("old");
        write(new OperationRecord.Opened(SHOP, new OperationId("r1"), restore(old), Map.of(), 1, "dba", null, T0));
        write(new OperationRecord.Opened(SHOP, new OperationId("r2"), restore(old), Map.of(), 1, "dba", null, T0));
        Epoch reader = place();
        fold.apply(claimed("r1", 1, ANNE, Set.of(Resource.target("h", "/a")), Set.of(old)), reader);
        fold.restore(expiryHeldBy(BERT, new Epoch("log", 0, 0)));
        OperationRecord.Expiring mark =
                new OperationRecord.Expiring(SHOP, new OperationId("x1"), new Epoch("log", 0, 0), old, T0);
        // When
        boolean whilePinned = write(mark).isPresent();
        write(new OperationRecord.Completed(
                SHOP, new OperationId("r1"), reader, new Facts.Verified(0, 0, 0, null), T0));
        boolean afterwards = write(mark).isPresent();
        write(claimed("r2", 1, ANNE, Set.of(Resource.target("h", "/b")), Set.of(old)));
        // Then
        assertThat(whilePinned).isFalse();
        assertThat(afterwards).isTrue();
        assertThat(state("r2")).isInstanceOf(OperationState.Open.class);
    }

    private static Command.Restore restore(BackupId backup) {
        return new Command.Restore(backup, new RecoveryTarget.Latest(), null, "h", "/a", Map.of(), true);
    }

    private static Operation expiryHeldBy(WorkerId worker, Epoch epoch) {
        return new Operation(
                new OperationId("x1"),
                SHOP,
                OperationKind.EXPIRY,
                null,
                Map.of(),
                1,
                0,
                "policy",
                T0,
                null,
                new OperationState.Claimed(epoch, worker, Set.of(Resource.expiry(SHOP)), Set.of(), T0),
                false,
                false,
                Set.of(),
                Set.of(),
                null,
                0);
    }

    @Test
    void staysAsSmallAsAMonthsOperationsHoweverManyThereWere() {
        // Given a backup every hour for eleven years
        Instant at = T0;
        long offset = 0;
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            at = at.plus(Duration.ofHours(1));
            OperationId id = new OperationId("r" + i);
            fold.apply(
                    new OperationRecord.Rejected(
                            SHOP, id, OperationKind.RESTORE, "cron", new Problem(FailureCode.INTERNAL, "m", "h"), at),
                    new Epoch("log", 0, offset++));
            // When
            if (i % 24 == 0) {
                fold.forget(at, Integer.MAX_VALUE);
            }
            most = Math.max(most, fold.of(SHOP).size());
        }
        // Then: 31 days, and the one that goes by
        assertThat(most).isBetween(30 * 24, 33 * 24);
        assertThat(fold.find(new OperationId("r99999"))).isPresent();
        assertThat(fold.find(new OperationId("r1"))).isEmpty();
    }

    @Test // P5
    void neverForgetsAMarkNorWhatIsNotOverNorTheLastToChange() {
        // Given
        write(new OperationRecord.Opened(
                SHOP, new OperationId("x1"), new Command.Expire(), Map.of(), 3, "cron", null, T0));
        Epoch expiry = claim("x1", 1, ANNE, Resource.expiry(SHOP));
        write(new OperationRecord.Expiring(SHOP, new OperationId("x1"), expiry, new BackupId("old"), T0));
        write(new OperationRecord.HandedBack(SHOP, new OperationId("x1"), expiry, T0));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("x1"), "dba", T0));
        assertThat(state("x1").isTerminal()).isTrue();
        write(backup("b1", 3));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("b1"), "dba", T0));
        write(backup("b2", 3));
        write(backup("b3", 3));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("b3"), "dba", T0));
        // When
        Instant later = T0.plus(OperationFold.KEPT).plus(Duration.ofDays(1));
        assertThat(fold.forget(later, 10)).isEmpty();
        // Then
        assertThat(fold.forget(later.plusSeconds(1), 10))
                .extracting(Operation::id)
                .containsExactly(new OperationId("b1"));
        assertThat(fold.of(SHOP)).extracting(each -> each.id().value()).containsExactly("x1", "b2", "b3");
    }

    private Epoch expiryWithMark(String backup) {
        OperationId id = new OperationId("x1");
        write(new OperationRecord.Opened(SHOP, id, new Command.Expire(), Map.of(), 3, "cron", null, T0));
        Epoch expiry = claim("x1", 1, ANNE, Resource.expiry(SHOP));
        write(new OperationRecord.Expiring(SHOP, id, expiry, new BackupId(backup), T0));
        return expiry;
    }

    private static OperationRecord hold(String id, String backup) {
        return new OperationRecord.Opened(
                SHOP,
                new OperationId(id),
                new Command.Hold(new BackupId(backup), "audit", null),
                Map.of(),
                1,
                "ann",
                null,
                T0);
    }

    @Test // P5
    void forgetsAMarkAMonthAfterItsManifestWasSaidToBeGoneWhoeverSaysSo() {
        // Given an expiry that was killed after its mark, and a later one that found the manifest gone
        Epoch expiry = expiryWithMark("old");
        write(new OperationRecord.AttemptFailed(
                SHOP, new OperationId("x1"), expiry, new Problem(FailureCode.INTERNAL, "m", "h"), false, T0));
        Instant gone = T0.plus(Duration.ofDays(3));
        OperationRecord expired =
                new OperationRecord.Expired(SHOP, new OperationId("x1"), new BackupId("old"), "policy", gone);
        // When
        boolean heard = write(expired).isPresent();
        boolean again = write(expired).isPresent();
        write(backup("b1", 3));
        // Then
        assertThat(heard).isTrue();
        assertThat(again).isFalse();
        assertThat(fold.marker(SHOP, new BackupId("old"))).isPresent();
        Instant later = gone.plus(OperationFold.KEPT).plus(Duration.ofDays(1));
        assertThat(fold.forget(later, 10)).isEmpty();
        assertThat(fold.forget(later.plusSeconds(1), 10))
                .extracting(each -> each.id().value())
                .containsExactly("x1");
    }

    @Test // F44
    void marksABackupOnceHoweverManyExpiriesWantIt() {
        // Given
        expiryWithMark("old");
        write(new OperationRecord.Opened(
                SHOP, new OperationId("x2"), new Command.Expire(), Map.of(), 3, "cron", null, T0));
        // When a second one bids for what the first one holds, then for something else
        boolean both = write(claimed("x2", 1, BERT, Set.of(Resource.expiry(SHOP)), Set.of()))
                .isPresent();
        Epoch second = claim("x2", 1, BERT, new Resource("other"));
        boolean twice = write(
                        new OperationRecord.Expiring(SHOP, new OperationId("x2"), second, new BackupId("old"), T0))
                .isPresent();
        // Then
        assertThat(both).isFalse();
        assertThat(twice).isFalse();
    }

    @Test // P5
    void marksNothingThatIsHeldAndHoldsNothingThatIsMarked() {
        // Given
        Epoch expiry = expiryWithMark("gone");
        write(hold("h1", "kept"));
        OperationRecord mark =
                new OperationRecord.Expiring(SHOP, new OperationId("x1"), expiry, new BackupId("kept"), T0);
        // When
        boolean whileHeld = write(mark).isPresent();
        write(hold("h2", "gone"));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("h1"), "ann", T0));
        boolean afterwards = write(mark).isPresent();
        // Then
        assertThat(whileHeld).isFalse();
        assertThat(state("h2")).isInstanceOf(OperationState.Rejected.class);
        assertThat(state("h1")).isInstanceOf(OperationState.Cancelled.class);
        assertThat(afterwards).isTrue();
    }

    @Test // P5
    void marksNoBackupThatIsStillBeingMade() {
        // Given
        Epoch expiry = expiryWithMark("old");
        write(backup("b1", 3));
        // When
        boolean heard = write(new OperationRecord.Expiring(SHOP, new OperationId("x1"), expiry, new BackupId("b1"), T0))
                .isPresent();
        // Then
        assertThat(heard).isFalse();
    }

    @Test
    void opensAnIdAnewOnceItsOperationHasBeenOverForLong() {
        // Given
        write(backup("b1", 3));
        write(new OperationRecord.CancelRequested(SHOP, new OperationId("b1"), "dba", T0));
        // When
        Instant free = T0.plus(OperationFold.KEPT);
        write(new OperationRecord.Rejected(
                SHOP,
                new OperationId("b1"),
                OperationKind.BACKUP,
                "x",
                new Problem(FailureCode.INTERNAL, "m", "h"),
                free));
        assertThat(state("b1")).isInstanceOf(OperationState.Cancelled.class);
        write(new OperationRecord.Rejected(
                SHOP,
                new OperationId("b1"),
                OperationKind.BACKUP,
                "x",
                new Problem(FailureCode.INTERNAL, "m", "h"),
                free.plusSeconds(1)));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Rejected.class);
        assertThat(fold.all()).hasSize(1);
    }
}
