package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.copy.RepositoryCopy;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Twelve days of backups and a copy of them all; a week is kept.
class CopyExpiryTest {
    private static final int DAYS = 12;

    @TempDir
    Path work;

    private World world;
    private MemoryBlobStore copy;

    @BeforeEach
    void aCopyOfAllDays() {
        world = World.of(work, DAYS);
        copy = new MemoryBlobStore(Clock.fixed(world.now(), ZoneOffset.UTC), "memory:copy");
        copyAll(copy);
        // What is young is not swept; a week later it is old.
        world.at(DAYS + 3);
    }

    private void copyAll(BlobStore place) {
        new RepositoryCopy(open(world.memory), place, _ -> {}).run(List.of(Samples.SHOP));
    }

    private static Repository open(BlobStore store) {
        return Repository.open(store, Samples.CLOCK);
    }

    private static LineageRepository lineage(BlobStore store) {
        return open(store).current(Samples.SHOP).orElseThrow();
    }

    /// The original's expiry, and the catalog after it.
    private Map<BackupId, Instant> expireTheOriginal() throws InterruptedException {
        World.Log log = new World.Log();
        world.execute(world.memory, log);
        world.follow(log);
        Map<BackupId, Instant> gone = new HashMap<>();
        log.expired.keySet().forEach(each -> gone.put(each, world.now()));
        assertThat(gone).isNotEmpty();
        return gone;
    }

    private ExpiryReport expireIn(BlobStore place, Map<BackupId, Instant> gone) throws InterruptedException {
        Survey survey = world.expiry(world.memory).survey();
        return new CopyExpiry(open(place), Samples.SHOP)
                .execute(world.plan(survey), world.catalog, survey, gone, new World.Log());
    }

    private static Set<BackupId> names(BlobStore place) {
        return new TreeSet<>(lineage(place).backups());
    }

    private static void requireWhole(BlobStore place) {
        for (BackupId backup : lineage(place).backups()) {
            assertThat(Samples.read(lineage(place), backup.value()))
                    .as(backup.value())
                    .usingRecursiveComparison()
                    .isEqualTo(World.files(Integer.parseInt(backup.value().substring(1))));
        }
    }

    private static List<BlobKey> packs(BlobStore place, BackupId backup) {
        return lineage(place).closure(backup).packs().stream()
                .map(PackEntry::id)
                .map(lineage(place).lineage()::pack)
                .toList();
    }

    private static List<BlobKey> below(MemoryBlobStore place, String part) {
        return place.keys().stream().filter(key -> key.value().contains(part)).toList();
    }

    @Test // P5
    void whatTheLogSaysToBeGoneGoesAndWhatOthersHoldStays() throws InterruptedException {
        // Given
        Map<BackupId, Instant> gone = expireTheOriginal();
        assertThat(gone).containsKey(World.id(1));
        int before = below(copy, "/packs/").size();
        // When
        ExpiryReport report = expireIn(copy, gone);
        // Then
        assertThat(report.backups())
                .extracting(ExpiryReport.Fate::backup)
                .containsExactlyInAnyOrderElementsOf(gone.keySet());
        assertThat(report.manifests().objects()).isEqualTo(gone.size());
        assertThat(names(copy)).isEqualTo(names(world.memory)).hasSize(DAYS - gone.size());
        assertThat(below(copy, "/packs/"))
                .isEqualTo(below(world.memory, "/packs/"))
                .hasSizeLessThan(before);
        assertThat(below(copy, "/wal/")).containsAll(below(world.memory, "/wal/"));
        requireWhole(copy);
        // And once more there is nothing to do
        assertThat(expireIn(copy, gone).total().objects()).isZero();
    }

    @Test
    void beforeItsDayHasPassedWhatHasGoneFromTheOriginalStaysWhole() throws InterruptedException {
        // Given
        List<BlobKey> before = copy.keys();
        expireTheOriginal();
        // When
        ExpiryReport report = expireIn(copy, Map.of());
        // Then
        assertThat(report.total().objects()).isZero();
        assertThat(copy.keys()).isEqualTo(before);
        requireWhole(copy);
    }

    @Test
    void whoEmptiesTheOriginalEmptiesNoCopy() throws InterruptedException {
        // Given
        List<BlobKey> before = copy.keys();
        // When somebody deletes the data and leaves the manifests
        below(world.memory, "/packs/").forEach(world.memory::delete);
        below(world.memory, "/wal/").forEach(world.memory::delete);
        expireIn(copy, Map.of());
        // Then
        assertThat(copy.keys()).isEqualTo(before);
        // When he deletes the manifests, too
        below(world.memory, "/manifest").forEach(world.memory::delete);
        // Then
        assertThatThrownBy(() -> expireIn(copy, Map.of(World.id(1), world.now())))
                .isInstanceOf(OperatorActionException.class)
                .extracting(refused -> ((PlatformException) refused).code())
                .isEqualTo(FailureCode.CATALOG_MISMATCH);
        assertThat(copy.keys()).isEqualTo(before);
        requireWhole(copy);
    }

    @Test // F43
    void packsOfABackupThatIsOnItsWayIntoTheCopyStay() throws InterruptedException {
        // Given: of what is kept no manifest has arrived
        Map<BackupId, Instant> gone = expireTheOriginal();
        Set<BackupId> kept = names(world.memory);
        kept.forEach(each -> copy.delete(lineage(copy).lineage().manifest(each)));
        // When
        expireIn(copy, gone);
        // Then
        assertThat(names(copy)).isEmpty();
        assertThat(kept).isNotEmpty().allSatisfy(each -> assertThat(copy.keys())
                .containsAll(packs(world.memory, each)));
    }

    @Test
    void aNameThatIsUsedAgainIsAnotherBackup() throws InterruptedException {
        Map<BackupId, Instant> all = new HashMap<>(expireTheOriginal());
        BackupId again = names(world.memory).iterator().next();
        all.put(again, world.now());
        expireIn(copy, all);
        assertThat(names(copy)).contains(again).isEqualTo(names(world.memory));
    }

    @Test // F30
    void whatALockKeepsIsLeftForLater() throws InterruptedException {
        // Given
        Map<BackupId, Instant> gone = expireTheOriginal();
        copy.lock(lineage(copy).lineage().manifest(World.id(1)), true);
        // When
        ExpiryReport report = expireIn(copy, gone);
        // Then
        assertThat(report.retained()).isEqualTo(1);
        assertThat(names(copy)).contains(World.id(1));
        requireWhole(copy);
    }

    @ParameterizedTest // P2
    @EnumSource
    void cutOffAtAnyCallTheCopyHoldsWholeBackupsOnlyAndTheNextRunEndsIt(FaultyBlobStore.When when)
            throws InterruptedException {
        // Given
        Map<BackupId, Instant> gone = expireTheOriginal();
        MemoryBlobStore undisturbed = copy.copy();
        FaultyBlobStore counting = new FaultyBlobStore(undisturbed, 0, when);
        expireIn(counting, gone);
        assertThat(counting.calls()).isGreaterThan(50);
        for (int failing = 1; failing <= counting.calls(); failing += 5) {
            MemoryBlobStore place = copy.copy();
            FaultyBlobStore faulty = new FaultyBlobStore(place, failing, when);
            // When
            assertThatThrownBy(() -> expireIn(faulty, gone))
                    .as("call %d", failing)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("injected");
            // Then
            requireWhole(place);
            expireIn(place, gone);
            assertThat(place.keys()).as("call %d", failing).isEqualTo(undisturbed.keys());
        }
    }
}
