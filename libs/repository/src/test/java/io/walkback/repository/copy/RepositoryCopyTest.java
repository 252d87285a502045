package io.walkback.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RepositoryCopyTest {
    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 5, 1 << 20);
    private static final byte[] WAL = Samples.prose(1 << 20, 1);

    @TempDir
    Path work;

    private final MemoryBlobStore source = new MemoryBlobStore(Samples.CLOCK, "memory:source");
    private final MemoryBlobStore target = new MemoryBlobStore(Samples.CLOCK, "memory:target");
    private final Map<String, byte[]> changed = new LinkedHashMap<>(Samples.files());

    @BeforeEach
    void twoBackupsAndASegmentInAnEncryptedRepository() {
        LineageRepository lineage = Samples.lineage(source, true);
        changed.put("base/1/new", Samples.noise(300_000, 5));
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        Samples.backup(lineage, "b2", Optional.of("b1"), changed, work);
        lineage.wal().putSegment(SEGMENT, new ByteArrayInputStream(WAL), Optional.empty());
    }

    @Test
    void theCopyAloneGivesEveryBackupAndSegmentBack() throws IOException {
        // When
        CopyReport report = copy(target);
        // Then
        assertThat(report.isComplete()).isTrue();
        assertThat(report.backups()).hasSize(2);
        assertThat(report.copied()).isEqualTo(source.keys().size() - 1);
        assertThat(target.keys()).containsExactlyElementsOf(source.keys());
        for (BlobKey key : source.keys()) {
            assertThat(target.bytes(key)).as(key.value()).isEqualTo(source.bytes(key));
        }
        LineageRepository copied = lineage(target);
        assertThat(Samples.read(copied, "b1")).containsExactlyEntriesOf(Samples.files());
        assertThat(Samples.read(copied, "b2")).containsExactlyEntriesOf(changed);
        try (InputStream in = copied.wal().findSegment(SEGMENT).orElseThrow().open()) {
            assertThat(in.readAllBytes()).isEqualTo(WAL);
        }
    }

    @Test
    void aSecondRunWritesNothingAndOneAfterANewBackupOnlyWhatIsNew() {
        // Given
        copy(target);
        // When
        CopyReport idle = copy(target);
        Samples.backup(lineage(source), "b3", Optional.of("b2"), changed, work);
        CopyReport next = copy(target);
        // Then
        assertThat(idle.copied()).isZero();
        assertThat(idle.backups()).hasSize(2);
        assertThat(next.backups()).hasSize(3);
        assertThat(next.bytes()).isLessThan(20_000);
        assertThat(Samples.read(lineage(target), "b3")).containsExactlyEntriesOf(changed);
    }

    @ParameterizedTest
    @EnumSource // P2
    void stoppedAtAnyCallTheCopyHoldsOnlyWholeBackupsAndTheNextRunFinishesIt(FaultyBlobStore.When when) {
        // Given
        FaultyBlobStore counting = new FaultyBlobStore(new MemoryBlobStore(Samples.CLOCK, "memory:other"), 0, when);
        copy(counting);
        assertThat(counting.calls()).isGreaterThan(20);
        for (int failing = 1; failing <= counting.calls(); failing++) {
            MemoryBlobStore place = new MemoryBlobStore(Samples.CLOCK, "memory:" + failing);
            FaultyBlobStore faulty = new FaultyBlobStore(place, failing, when);
            // When
            assertThatThrownBy(() -> copy(faulty))
                    .as("call %d", failing)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("injected");
            // Then
            requireWhole(place);
            assertThat(copy(place).isComplete()).isTrue();
            assertThat(Samples.read(lineage(place), "b2")).containsExactlyEntriesOf(changed);
        }
    }

    @Test // F27
    void aBackupWithALostPackIsLeftOutAndReportedAndTheOtherIsCopied() {
        // Given
        LineageRepository lineage = lineage(source);
        var ofFirst = lineage.closure(new BackupId("b1")).packs();
        var lost = lineage.closure(new BackupId("b2")).packs().stream()
                .filter(pack -> !ofFirst.contains(pack))
                .findFirst()
                .orElseThrow();
        source.delete(lineage.lineage().pack(lost.id()));
        // When
        CopyReport report = copy(target);
        // Then
        assertThat(report.backups()).hasSize(1);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.key().value()).contains("/b2/");
            assertThat(finding.what()).contains(lost.id().toString());
        });
        assertThat(lineage(target).backups()).containsExactly(new BackupId("b1"));
        assertThat(Samples.read(lineage(target), "b1")).containsExactlyEntriesOf(Samples.files());
    }

    @Test // F43
    void aBackupThatExpiresMeanwhileIsNotMissed() {
        // Given
        BlobKey manifest = lineage(source).lineage().manifest(new BackupId("b2"));
        Repository repository = Samples.open(source, true);
        // When the first backup has been copied, the second one expires, manifest first
        CopyReport report = new RepositoryCopy(repository, target, _ -> expire(manifest)).run(List.of(Samples.SHOP));
        // Then
        assertThat(report.isComplete()).isTrue();
        assertThat(lineage(target).backups()).containsExactly(new BackupId("b1"));
    }

    @Test
    void refusesAPlaceThatHoldsAnotherRepositoryAndChangesNothingThere() {
        // Given
        Samples.lineage(target);
        var before = target.keys();
        // When, Then
        assertThatThrownBy(() -> copy(target))
                .isInstanceOf(OperatorActionException.class)
                .extracting(refused -> ((PlatformException) refused).code())
                .isEqualTo(FailureCode.STORE_LAYOUT);
        assertThat(target.keys()).isEqualTo(before);
        assertThatThrownBy(() -> copy(source)).isInstanceOf(OperatorActionException.class);
    }

    @Test
    void anObjectOfAnotherSizeInTheCopyIsNamedAndNotOverwritten() {
        // Given
        copy(target);
        BlobKey segment = lineage(source).lineage().segment(SEGMENT);
        target.tamper(segment, new byte[] {1, 2, 3});
        // When, Then
        assertThatThrownBy(() -> copy(target))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(segment.value());
        assertThat(target.bytes(segment)).containsExactly(1, 2, 3);
    }

    private void expire(BlobKey manifest) {
        List<BlobKey> packs = lineage(source).closure(new BackupId("b2")).packs().stream()
                .map(pack -> lineage(source).lineage().pack(pack.id()))
                .toList();
        source.delete(manifest);
        packs.forEach(source::delete);
    }

    private CopyReport copy(BlobStore place) {
        Repository repository = Samples.open(source, true);
        return new RepositoryCopy(repository, place, _ -> {}).run(List.of(Samples.SHOP));
    }

    private static LineageRepository lineage(BlobStore store) {
        return Samples.open(store, true).current(Samples.SHOP).orElseThrow();
    }

    private void requireWhole(MemoryBlobStore place) {
        if (place.keys().stream().noneMatch(key -> key.name().equals("manifest"))) {
            return;
        }
        for (BackupId backup : lineage(place).backups()) {
            assertThat(Samples.read(lineage(place), backup.value()))
                    .containsExactlyEntriesOf(backup.value().equals("b1") ? Samples.files() : changed);
        }
    }
}
