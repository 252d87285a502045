package io.walkback.repository.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.database.Immutability.LockMode;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobLocks.Mode;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlobLockTest {
    private static final BlobLock HARD = new BlobLock(Mode.COMPLIANCE, Duration.ofDays(3));
    private static final BlobLock LONG = new BlobLock(Mode.GOVERNANCE, Duration.ofDays(9));

    @Test
    void isWhatAPolicyAsksFor() {
        assertThat(BlobLock.of(Immutability.NONE)).isEmpty();
        assertThat(BlobLock.of(Immutability.parse("compliance 3d"))).contains(HARD);
        assertThat(BlobLock.of(Immutability.parse("governance 9d"))).contains(LONG);
    }

    @Test
    void ofAKindThatIsNotKnownHereIsRefused() {
        assertThatThrownBy(() -> BlobLock.of(new Immutability(LockMode.UNKNOWN, 3)))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.NOT_SUPPORTED));
    }

    @Test
    void ofTwoTheHarderModeAndTheLongerTimeHold() {
        BlobLock both = new BlobLock(Mode.COMPLIANCE, Duration.ofDays(9));
        assertThat(HARD.and(LONG)).isEqualTo(both);
        assertThat(LONG.and(HARD)).isEqualTo(both);
    }

    @Test
    void isRefusedByAStoreThatLocksNothing() {
        LineageRepository lineage = Samples.lineage(new MemoryBlobStore(Samples.CLOCK));
        assertThatThrownBy(() -> lineage.locking(HARD))
                .isInstanceOfSatisfying(OperatorActionException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.NOT_SUPPORTED);
                    assertThat(refused.hint()).contains("immutability: none");
                })
                .hasMessageContaining("COMPLIANCE for 3 days");
    }
}
