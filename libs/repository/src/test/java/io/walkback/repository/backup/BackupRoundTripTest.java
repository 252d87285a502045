package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.PreviousBackup;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class BackupRoundTripTest {
    @Parameter
    boolean sealed;

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private LineageRepository lineage;

    @BeforeEach
    void open() {
        lineage = Samples.lineage(store, sealed);
    }

    @Test
    void everyFileAndFactComesBackAsItWas() {
        // Given
        Map<String, byte[]> files = Samples.files();
        // When
        BackupCommit commit = Samples.backup(lineage, "b1", Optional.empty(), files, work);
        // Then
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(files);
        BackupSummary summary = lineage.findBackup(new BackupId("b1")).orElseThrow();
        assertThat(summary).isEqualTo(commit.summary());
        assertThat(summary.facts()).isEqualTo(Samples.facts());
        assertThat(summary.statistics().files()).isEqualTo(files.size());
        assertThat(summary.statistics().bytes())
                .isEqualTo(files.values().stream().mapToLong(f -> f.length).sum());
        assertThat(lineage.backups()).containsExactly(new BackupId("b1"));
        assertThat(lineage.findBackup(new BackupId("b2"))).isEmpty();
    }

    @Test
    void entriesKeepTheirOrderAndAttributes() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        List<ManifestEntry> entries = new ArrayList<>();
        // When
        try (BackupReader reader = lineage.openBackup(new BackupId("b1"));
                EntryStream stream = reader.entries()) {
            stream.forEachRemaining(entries::add);
        }
        // Then
        assertThat(entries).hasSize(Samples.files().size() + 3);
        assertThat(entries.getFirst())
                .isEqualTo(new ManifestEntry.Directory(new EntryPath("base"), Samples.ATTRIBUTES));
        assertThat(entries.get(entries.size() - 2))
                .isEqualTo(
                        new ManifestEntry.SymbolicLink(new EntryPath("pg_wal_link"), Samples.ATTRIBUTES, "/mnt/wal"));
        assertThat(entries.getLast()).isEqualTo(new ManifestEntry.Tablespace(16_400, "/mnt/fast"));
        assertThat(entries.stream()
                        .filter(ManifestEntry.File.class::isInstance)
                        .map(ManifestEntry.File.class::cast)
                        .filter(f -> f.kind() == FileKind.SERVER_MANIFEST)
                        .map(f -> f.path().value()))
                .containsExactly("backup_manifest");
    }

    @Test
    void anUnchangedDatabaseIsNotStoredAgain() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        int before = store.keys().size() + (sealed ? 1 : 0);
        // When
        BackupCommit second = Samples.backup(lineage, "b2", Optional.of("b1"), Samples.files(), work);
        // Then
        assertThat(second.summary().statistics().storedBytes()).isZero();
        assertThat(second.summary().statistics().newExtents()).isZero();
        assertThat(second.summary().statistics().reusedExtents()).isEqualTo(11);
        assertThat(store.keys()).hasSize(before + 1);
        assertThat(second.summary().previous().map(PreviousBackup::id)).contains(new BackupId("b1"));
        assertThat(Samples.read(lineage, "b2")).containsExactlyEntriesOf(Samples.files());
    }

    @Test
    void onlyChangedExtentsAreStored() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        Map<String, byte[]> changed = new TreeMap<>(Samples.files());
        byte[] relation = Samples.file("base/1/1249");
        relation[(1 << 20) + 5] ^= 1;
        changed.put("base/1/1249", relation);
        changed.put("base/1/3000", Samples.noise(10_000, 8));
        // When
        BackupCommit second = Samples.backup(lineage, "b2", Optional.of("b1"), changed, work);
        // Then
        assertThat(second.summary().statistics().newExtents()).isEqualTo(2);
        assertThat(Samples.read(lineage, "b2")).containsExactlyEntriesOf(changed);
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(Samples.files());
        assertThat(lineage.verifier()
                        .verify(new BackupId("b2"), VerificationReport.Depth.FULL)
                        .findings())
                .isEmpty();
    }

    @Test
    void aThirdBackupReadsExtentsOfTheFirstDirectly() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        Samples.backup(lineage, "b2", Optional.of("b1"), Samples.files(), work);
        // When
        Samples.backup(lineage, "b3", Optional.of("b2"), Samples.files(), work);
        store.delete(lineage.lineage().manifest(new BackupId("b1")));
        store.delete(lineage.lineage().manifest(new BackupId("b2")));
        // Then
        assertThat(Samples.read(lineage, "b3")).containsExactlyEntriesOf(Samples.files());
    }

    @Test // P1
    void whatADamagedOrMissingPackHeldIsStoredAgain() {
        // Given
        BackupCommit first = Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        PackEntry pack = lineage.closure(new BackupId("b1")).packs().getFirst();
        // When
        BackupCommit distrusting =
                Samples.backup(lineage, "b2", Optional.of("b1"), Set.of(pack.id()), Samples.files(), work);
        store.delete(lineage.lineage().pack(pack.id()));
        BackupCommit missing = Samples.backup(lineage, "b3", Optional.of("b1"), Samples.files(), work);
        // Then
        assertThat(distrusting.summary().statistics().newExtents())
                .isEqualTo(first.summary().statistics().newExtents());
        assertThat(missing.summary().statistics().reusedExtents()).isZero();
        assertThat(Samples.read(lineage, "b3")).containsExactlyEntriesOf(Samples.files());
    }

    @Test // pitfall 33
    void aBackupWhosePacksVanishIsNotCommitted() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        PackEntry pack = lineage.closure(new BackupId("b1")).packs().getFirst();
        // When
        try (BackupWriter writer = newBackup("b2", Optional.of("b1"))) {
            Samples.write(writer, Samples.files());
            store.delete(lineage.lineage().pack(pack.id()));
            assertThatThrownBy(() -> writer.finish(Samples.facts()))
                    .hasMessageContaining(pack.id().toString());
        }
        // Then
        assertThat(lineage.findBackup(new BackupId("b2"))).isEmpty();
    }

    @Test // P8, F28
    void theLoserOfTwoAttemptsAdoptsTheWinnersManifest() {
        // Given
        BackupCommit winner;
        BackupCommit loser;
        try (BackupWriter slow = newBackup("b1", Optional.empty())) {
            Samples.write(slow, Samples.files());
            winner = Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
            // When
            loser = slow.finish(Samples.facts());
        }
        // Then
        assertThat(winner.adopted()).isFalse();
        assertThat(loser.adopted()).isTrue();
        assertThat(loser.digest()).isEqualTo(winner.digest());
        assertThat(loser.summary()).isEqualTo(winner.summary());
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(Samples.files());
    }

    @Test
    void aWriterThatIsClosedWithoutFinishLeavesNoManifest() {
        // Given
        try (BackupWriter writer = newBackup("b1", Optional.empty())) {
            // When
            Samples.write(writer, Samples.files());
        }
        // Then
        assertThat(lineage.backups()).isEmpty();
    }

    @Test
    void aFileMustHaveTheSizeItWasBegunWith() {
        try (BackupWriter writer = newBackup("b1", Optional.empty())) {
            writer.beginFile(new EntryPath("f"), Samples.ATTRIBUTES, FileKind.OTHER, 10);
            assertThatThrownBy(() -> writer.write(new byte[11], 0, 11)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::endFile).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.finish(Samples.facts())).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anyPartOfAFileCanBeReadAlone() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        byte[] whole = Samples.file("base/1/1249");
        try (BackupReader reader = lineage.openBackup(new BackupId("b1"))) {
            ManifestEntry.File file = find(reader, "base/1/1249");
            // When, then
            for (int offset : new int[] {0, 8192, (1 << 20) - 1, 1 << 20, whole.length - 1}) {
                int length = Math.min(100_000, whole.length - offset);
                assertThat(reader.read(file, offset, length))
                        .isEqualTo(Arrays.copyOfRange(whole, offset, offset + length));
            }
            assertThat(reader.read(file, whole.length, 0)).isEmpty();
            assertThatThrownBy(() -> reader.read(file, whole.length, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test // F27
    void aMissingPackIsFoundBeforeAnythingIsRead() {
        // Given
        Samples.backup(lineage, "b1", Optional.empty(), Samples.files(), work);
        BlobKey pack = lineage.lineage()
                .pack(lineage.closure(new BackupId("b1")).packs().getFirst().id());
        store.delete(pack);
        try (BackupReader reader = lineage.openBackup(new BackupId("b1"))) {
            // When, then
            assertThatThrownBy(reader::requireComplete)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(pack.value())
                    .extracting(e -> ((CorruptDataException) e).code())
                    .isEqualTo(FailureCode.OBJECT_MISSING);
        }
    }

    private BackupWriter newBackup(String id, Optional<String> previous) {
        return lineage.newBackup(
                new BackupId(id), UUID.randomUUID(), previous.map(BackupId::new), Set.of(), Samples.settings(work));
    }

    private static ManifestEntry.File find(BackupReader reader, String path) {
        try (EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file
                        && file.path().value().equals(path)) {
                    return file;
                }
            }
        }
        throw new AssertionError("no file " + path);
    }
}
