package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobLocks.Mode;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.seal.DataKey;
import io.walkback.repository.seal.LocalKeys;
import io.walkback.testkit.s3.FakeObject;
import io.walkback.testkit.s3.FakeS3;
import io.walkback.testkit.s3.S3Fault;
import io.walkback.testkit.s3.S3Operation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Locks that one database's policy asks for, in a bucket whose address asks for none.
class PolicyLockTest {
    private static final BlobLock FIVE_WEEKS = new BlobLock(Mode.GOVERNANCE, Duration.ofDays(35));
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");
    private static final int SIZE = 16 << 20;

    @TempDir
    private Path work;

    private static Repository repository(FaultyStore it) {
        return Repository.init(it.store, it.clock, new LocalKeys("a test", List.of(DataKey.random())));
    }

    private static LineageRepository database(Repository repository, String name) {
        return repository.forWriting(
                new DatabaseId(name), new SystemIdentifier(name.hashCode()), new ClusterGeometry(SIZE, 8192));
    }

    private static BlobLocks locks(LineageRepository lineage) {
        return lineage.lineage().store().locks().orElseThrow();
    }

    private static Optional<FakeObject.Lock> lock(FaultyStore it, BlobKey key) {
        return it.server.versions("walkback/" + key).getFirst().lock();
    }

    @Test
    void everyObjectOfThatDatabasesBackupIsLockedAndNothingOfAnother() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given
            Repository repository = repository(it);
            LineageRepository shop = database(repository, "shop").locking(FIVE_WEEKS);
            LineageRepository plain = database(repository, "plain");
            BackupId backup = new BackupId("b1");
            // When
            SmallBackup.write(shop, backup, Optional.empty(), work, FaultyStore.noise(3_000_000));
            SmallBackup.write(plain, backup, Optional.empty(), work, FaultyStore.noise(1_000_000));
            // Then
            assertThat(shop.closure(backup).keys(shop.lineage()))
                    .hasSizeGreaterThan(3)
                    .allSatisfy(key -> assertThat(lock(it, key))
                            .contains(new FakeObject.Lock("GOVERNANCE", BEGIN.plus(FIVE_WEEKS.lasts()))));
            assertThat(lock(it, Repository.ROOT)).isPresent();
            assertThat(plain.lineage().store().locks()).isEmpty();
            assertThat(lock(it, plain.lineage().manifest(backup))).isEmpty();
            assertThat(plain.closure(backup).packs()).isNotEmpty().allSatisfy(pack -> assertThat(
                            lock(it, plain.lineage().pack(pack.id())))
                    .isEmpty());
        }
    }

    private static WalSegment segment(long number) {
        return new WalSegment(TimelineId.FIRST, number, SIZE);
    }

    private static void archive(LineageRepository lineage, WalSegment segment) {
        lineage.wal().putSegment(segment, new ByteArrayInputStream(new byte[SIZE]), Optional.empty());
    }

    @Test // pitfall 62
    void theWalOfABackupIsLockedAsLongAsItsManifestWithItsHistoriesAndKeys() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given: a backup that ran for ten days.
            LineageRepository shop = database(repository(it), "shop").locking(FIVE_WEEKS);
            shop.wal().putHistory(new TimelineId(2), "1\t0/5000000\tfor a test\n".getBytes(StandardCharsets.US_ASCII));
            for (int number = 1; number <= 3; number++) {
                archive(shop, segment(number));
            }
            UUID dataKey = shop.wal().dataKey(segment(1)).orElseThrow();
            BlobKey wrapper = shop.lineage()
                    .vault()
                    .orElseThrow()
                    .wrappers(shop.lineage().key(dataKey))
                    .getFirst()
                    .key();
            BlobKey first = shop.lineage().segment(segment(1));
            assertThat(locks(shop).retainedUntil(first)).contains(BEGIN.plus(FIVE_WEEKS.lasts()));
            assertThat(locks(shop).retainedUntil(wrapper).orElseThrow())
                    .as("what is sealed with it this evening is locked a day longer than what was this morning")
                    .isAfter(BEGIN.plus(FIVE_WEEKS.lasts()).plus(Duration.ofDays(1)));
            it.clock.advance(Duration.ofDays(10));
            BackupId backup = new BackupId("b1");
            SmallBackup.write(shop, backup, Optional.empty(), work, FaultyStore.noise(100_000));
            Instant manifest =
                    locks(shop).retainedUntil(shop.lineage().manifest(backup)).orElseThrow();
            // When
            shop.lockWal(backup, List.of(segment(1), segment(2)));
            // Then
            Instant until = manifest.minus(Duration.ofHours(1));
            for (BlobKey key : List.of(
                    first, shop.lineage().segment(segment(2)), shop.lineage().history(new TimelineId(2)), wrapper)) {
                assertThat(locks(shop).retainedUntil(key)).as(key.toString()).contains(until);
            }
            assertThat(locks(shop).retainedUntil(shop.lineage().segment(segment(3))))
                    .as("the backup does not need it")
                    .contains(BEGIN.plus(FIVE_WEEKS.lasts()));
        }
    }

    @Test
    void theHarderAndTheLongerOfPolicyAndAddressHold() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("lock=governance&lockDays=40")) {
            // When
            it.store.locking(new BlobLock(Mode.COMPLIANCE, Duration.ofDays(10))).putIfAbsent(KEY, new byte[10]);
            it.store.putIfAbsent(KEY.child("other"), new byte[10]);
            // Then
            Instant end = BEGIN.plus(Duration.ofDays(40));
            assertThat(lock(it, KEY)).contains(new FakeObject.Lock("COMPLIANCE", end));
            assertThat(lock(it, KEY.child("other"))).contains(new FakeObject.Lock("GOVERNANCE", end));
        }
    }

    @Test
    void aBucketThatKeepsNoVersionsRefusesAPolicyThatLocksAndTakesOneThatDoesNot() throws IOException {
        try (FaultyStore it = FaultyStore.plain()) {
            it.store.putIfAbsent(KEY, new byte[10]);
            assertThatThrownBy(() -> it.store.locking(FIVE_WEEKS))
                    .hasMessageContaining("versioning is off")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.NOT_SUPPORTED);
            assertThat(it.read()).hasSize(10);
        }
    }

    @Test
    void whereVersioningIsNotToldAPolicyThatLocksIsRefused() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given
            it.server.script(S3Operation.GET_VERSIONING, 1, new S3Fault.Answer(403, "AccessDenied"));
            // When, then
            assertThatThrownBy(() -> it.store.locking(FIVE_WEEKS))
                    .hasMessageContaining("versioning is unknown")
                    .extracting(FaultyStore::code)
                    .isEqualTo(FailureCode.NOT_SUPPORTED);
            it.server.assertEveryFaultHappened();
            try (BlobStore locking = it.store.locking(FIVE_WEEKS)) {
                assertThat(locking.locks()).isPresent();
            }
            assertThat(it.store.putIfAbsent(KEY, new byte[1])).as("still open").isNotNull();
        }
    }

    @Test // F31
    void whereVersioningIsNotToldVersionsAreReadAllTheSame() throws IOException {
        try (FaultyStore it = FaultyStore.versioned("")) {
            // Given
            FakeS3 server = it.server;
            it.store.putIfAbsent(KEY, new byte[] {1, 2, 3});
            server.overwrite(FaultyStore.OBJECT, new byte[] {6});
            server.script(S3Operation.GET_VERSIONING, 1, new S3Fault.Answer(403, "AccessDenied"));
            // When
            try (BlobStore unasked = S3Connection.open(
                    Stores.settings(server.endpoint(), "backups/walkback", ""),
                    S3Patience.standard(),
                    it.time,
                    it.clock,
                    Stores::credentials)) {
                // Then
                assertThat(BlobReads.all(unasked, KEY, 10)).containsExactly(1, 2, 3);
            }
            server.assertEveryFaultHappened();
        }
    }
}
