package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.testkit.s3.FakeObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class F30LockedObjectFaultTest {
    @Test
    void aLockedObjectIsRetainedUntilItsLockEndsAndThenDeleted() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("lock=governance&lockDays=30")) {
            // Given
            it.store.putIfAbsent(KEY, new byte[10]);
            it.write(FaultyStore.longNoise());
            BlobLocks locks = it.store.locks().orElseThrow();
            assertThat(locks.retainedUntil(KEY)).contains(Instant.parse("2026-03-31T00:00:00Z"));
            // When, then
            assertThat(it.store.delete(KEY)).isEqualTo(DeleteOutcome.RETAINED);
            assertThat(it.read()).hasSize(10);
            // When, then
            it.clock.advance(Duration.ofDays(31));
            assertThat(it.store.delete(KEY)).isEqualTo(DeleteOutcome.DELETED);
            assertThat(it.store.delete(KEY)).isEqualTo(DeleteOutcome.ABSENT);
            assertThat(it.server.versions(FaultyStore.OBJECT)).isEmpty();
        }
    }

    @Test
    void aLockIsMadeLongerAndNeverShorterAndNeverWeaker() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("lock=compliance&lockDays=30")) {
            // Given
            it.write(FaultyStore.longNoise());
            BlobLocks locks = it.store.locks().orElseThrow();
            assertThat(locks.mode()).isEqualTo(BlobLocks.Mode.COMPLIANCE);
            Instant written = locks.retainUntil();
            // When, then
            locks.extendRetention(KEY, written.minus(Duration.ofDays(1)));
            assertThat(locks.retainedUntil(KEY)).contains(written);
            locks.extendRetention(KEY, written.plus(Duration.ofDays(9)));
            assertThat(locks.retainedUntil(KEY)).contains(written.plus(Duration.ofDays(9)));
            assertThat(it.server.versions(FaultyStore.OBJECT).getFirst().lock())
                    .map(FakeObject.Lock::mode)
                    .contains("COMPLIANCE");
            assertThatThrownBy(() -> locks.extendRetention(KEY.child("absent"), written))
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.OBJECT_MISSING);
        }
    }

    @Test
    void aBucketThatKeepsNoVersionsCannotBeOneThatLocks() {
        assertThatThrownBy(() -> FaultyStore.plain("lock=governance&lockDays=1"))
                .hasMessageContaining("versioning is off")
                .extracting(FaultyStore::code)
                .isEqualTo(FailureCode.NOT_SUPPORTED);
    }
}
