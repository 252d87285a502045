package io.walkback.domain.operation;

import static io.walkback.domain.operation.OperationFoldCase.ANNE;
import static io.walkback.domain.operation.OperationFoldCase.SHOP;
import static io.walkback.domain.operation.OperationFoldCase.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.OperationRecord.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerificationsTest {
    private static final int PARTS = 3;

    private final OperationFold fold = new OperationFold();
    private long offset;
    private int days;

    private void write(OperationRecord record) {
        fold.apply(record, new Epoch("log", 0, offset++));
    }

    /// One verification a day.
    private void day(@Nullable Rotation rotation, @Nullable FailureCode end) {
        Instant at = T0.plus(Duration.ofDays(days++));
        OperationId id = new OperationId("v" + days);
        write(new OperationRecord.Opened(SHOP, id, new Command.Verify(null, rotation), Map.of(), 1, "cron", null, at));
        Epoch epoch = new Epoch("log", 0, offset);
        write(new OperationRecord.Claimed(SHOP, id, 1, ANNE, Set.of(), Set.of(), at));
        Instant later = at.plusSeconds(60);
        write(
                end == null
                        ? new OperationRecord.Completed(SHOP, id, epoch, new Facts.Verified(1, 1, 0, null), later)
                        : new OperationRecord.AttemptFailed(SHOP, id, epoch, new Problem(end, "m", "h"), false, later));
    }

    private int next() {
        return Verifications.next(fold.of(SHOP), PARTS).part();
    }

    private static Rotation part(int number) {
        return new Rotation(number, PARTS);
    }

    @Test
    void takesPartsInTurnWhateverWasFoundAndRepeatsWhatCouldNotBeRead() {
        assertThat(next()).isEqualTo(1);
        day(part(1), null);
        assertThat(next()).isEqualTo(2);
        day(part(2), FailureCode.OBJECT_CORRUPT);
        assertThat(next()).isEqualTo(3);
        day(part(3), FailureCode.STORE_UNAVAILABLE);
        assertThat(next()).isEqualTo(3);
        day(null, null);
        assertThat(next()).isEqualTo(3);
        day(part(3), null);
        assertThat(next()).isEqualTo(1);
    }

    @Test // P1, P9
    void everythingIsReadOnceEachPartWasAndNothingWasFound() {
        // Given
        day(part(1), null);
        day(part(2), FailureCode.OBJECT_HIDDEN);
        day(part(3), null);
        assertThat(Verifications.allRead(fold.of(SHOP), PARTS)).isEmpty();
        // When the part in which something was found is read again
        day(part(1), null);
        day(part(2), null);
        // Then the oldest of the newest readings counts
        assertThat(Verifications.allRead(fold.of(SHOP), PARTS))
                .hasValue(new Verifications.AllRead(
                        T0.plus(Duration.ofDays(2)), T0.plus(Duration.ofDays(2)).plusSeconds(60)));
    }

    @Test
    void oneThatReadsEverythingCountsForEachPart() {
        day(part(2), FailureCode.OBJECT_MISSING);
        day(null, null);
        assertThat(Verifications.allRead(fold.of(SHOP), PARTS)).isPresent();
        assertThat(Verifications.allRead(fold.of(SHOP), 1)).isPresent();
        day(part(3), FailureCode.OBJECT_MISSING);
        assertThat(Verifications.allRead(fold.of(SHOP), PARTS)).isEmpty();
    }

    @Test
    void partsAreOneToTheirNumber() {
        assertThat(new Rotation(7, 7).next()).isEqualTo(new Rotation(1, 7));
        assertThatThrownBy(() -> new Rotation(0, 7)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rotation(8, 7)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Rotation(1, Rotation.MOST + 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
