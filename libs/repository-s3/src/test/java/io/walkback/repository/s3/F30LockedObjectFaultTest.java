package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.DeleteOutcome;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.testkit.s3.FakeObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test // pitfall 62
    void whatABackupBuildsOnIsLockedAsLongAsItsManifest(@TempDir Path work) throws IOException {
        try (FaultyStore it = FaultyStore.versioned("lock=governance&lockDays=30")) {
            // Given
            byte[] content = FaultyStore.noise(3_000_000);
            BackupId first = new BackupId("b1");
            BackupId second = new BackupId("b2");
            LineageRepository lineage = Repository.init(it.store, it.clock)
                    .forWriting(new DatabaseId("shop"), new SystemIdentifier(7), new ClusterGeometry(16 << 20, 8192));
            SmallBackup.write(lineage, first, Optional.empty(), work, content);
            it.clock.advance(Duration.ofDays(20));
            // When
            SmallBackup.write(lineage, second, Optional.of(first), work, content);
            // Then
            BlobLocks locks = it.store.locks().orElseThrow();
            Instant manifest =
                    locks.retainedUntil(lineage.lineage().manifest(second)).orElseThrow();
            assertThat(manifest).isEqualTo(Instant.parse("2026-04-20T00:00:00Z"));
            assertThat(lineage.closure(second).keys(lineage.lineage()))
                    .hasSizeGreaterThan(1)
                    .allSatisfy(key ->
                            assertThat(locks.retainedUntil(key).orElseThrow()).isEqualTo(manifest));
            assertThat(locks.retainedUntil(Repository.ROOT)).contains(manifest);
            assertThat(locks.retainedUntil(new BlobKey("shop/lineages/00000001")))
                    .contains(manifest);
            // The first one's manifest is nothing that the second builds on.
            assertThat(locks.retainedUntil(lineage.lineage().manifest(first)).orElseThrow())
                    .isBefore(manifest);
        }
    }
}
