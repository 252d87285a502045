package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.PackId;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileExtent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.pack.PackEntry;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.Finding;
import io.walkback.repository.verify.VerificationReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageDeltaTest {
    private static final int PAGE = 8192;
    private static final String TABLE = "base/1/1";

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final LineageRepository lineage = Samples.lineage(store);
    private final Random random = new Random(5);
    private final Map<String, byte[]> files = new LinkedHashMap<>(Map.of(
            "backup_label",
            Samples.LABEL,
            "global/pg_control",
            Samples.CONTROL,
            TABLE,
            Samples.noise(3 * 128 * PAGE + 5 * PAGE, 1)));
    private int backups;

    @Test
    void aChangedPageCostsAPageAndNotAnExtent() {
        // Given
        backup();
        touch(130);
        // When
        BackupCommit second = backup();
        // Then
        assertThat(second.summary().statistics().storedBytes()).isBetween((long) PAGE, 2L * PAGE);
        assertThat(second.summary().statistics().newExtents()).isEqualTo(1);
        assertThat(deltas()).containsExactly(0, 1, 0, 0);
        assertEveryBackupReads();
    }

    @Test
    void tenBackupsWithOnePercentOfThePagesChangedEachStoreLittleMoreThanThose() {
        // Given: pages that do not shrink, so that stored bytes can be compared.
        int pages = 16 * 128;
        files.put(TABLE, Samples.noise(pages * PAGE, 3));
        long first = backup().summary().statistics().storedBytes();
        long changed = (long) pages / 100 * PAGE;
        for (int round = 1; round <= 10; round++) {
            for (int i = 0; i < pages / 100; i++) {
                touch(random.nextInt(pages));
            }
            // When
            long stored = backup().summary().statistics().storedBytes();
            // Then: whole extents would have been nearly all of it.
            assertThat(stored).as("backup %d", round).isLessThan(3 * changed).isLessThan(first / 30);
        }
        assertThat(verify(10)).isEmpty();
        // When
        long unchanged = backup().summary().statistics().storedBytes();
        // Then
        assertThat(unchanged).isZero();
    }

    @Test // pitfall 33
    void backupsOfEveryDepthReadBackWhateverElseIsGone() {
        // Given: depth 0 to 4, and merged ones.
        for (int round = 0; round < 7; round++) {
            backup();
            assertThat(deltas().get(1)).isEqualTo(Math.min(round, round <= 4 ? 4 : deltas().get(1)));
            touch(129 + 3 * round);
        }
        Map<String, byte[]> last = read(backups - 1);
        // When: only the newest manifest is kept, and only what it names.
        Set<BlobKey> closure =
                lineage.closure(id(backups - 1)).keys(lineage.lineage()).collect(Collectors.toSet());
        store.keys().stream()
                .filter(key -> key.value().matches(".*/(backups|packs|digests)/.*"))
                .filter(key -> !closure.contains(key))
                .forEach(store::delete);
        // Then
        assertThat(read(backups - 1)).containsExactlyEntriesOf(last);
        assertThat(verify(backups - 1)).isEmpty();
    }

    @Test
    void aFileThatGrowsOrShrinksByPagesKeepsItsBase() {
        // Given
        backup();
        byte[] before = file();
        // When
        files.put(TABLE, Arrays.copyOf(before, before.length - 60 * PAGE));
        BackupCommit shorter = backup();
        touch(200);
        byte[] longer = Arrays.copyOf(file(), before.length - 40 * PAGE);
        System.arraycopy(Samples.noise(20 * PAGE, 4), 0, longer, longer.length - 20 * PAGE, 20 * PAGE);
        files.put(TABLE, longer);
        BackupCommit grown = backup();
        // Then
        assertThat(shorter.summary().statistics().storedBytes()).isZero();
        assertThat(grown.summary().statistics().storedBytes()).isLessThan(22L * PAGE);
        assertEveryBackupReads();
    }

    @Test
    void manyChangedPagesAreAWholeExtentAgain() {
        // Given
        backup();
        for (int page = 0; page < 100; page++) {
            touch(page);
        }
        // When
        backup();
        // Then
        assertThat(deltas()).containsExactly(0, 0, 0, 0);
        assertEveryBackupReads();
    }

    @Test
    void filesThatAreNotWholePagesOfARelationHaveNoDeltas() {
        // Given
        files.put("base/1/2", Samples.noise(20 * PAGE + 1, 3));
        files.put("pg_xact/0000", Samples.noise(20 * PAGE, 4));
        backup();
        for (String path : List.of("base/1/2", "pg_xact/0000")) {
            byte[] changed = file(path).clone();
            changed[5] ^= 1;
            files.put(path, changed);
        }
        // When
        BackupCommit second = backup();
        // Then
        assertThat(second.summary().statistics().storedBytes()).isGreaterThan(40L * PAGE);
        assertEveryBackupReads();
    }

    @Test
    void withoutPageDigestsAChangedExtentIsStoredWholeAndVerificationSaysSo() {
        // Given
        backup();
        BlobKey digests = lineage.lineage().pageDigests(pack(0).id());
        byte[] good = store.bytes(digests);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        touch(130);
        // When
        store.tamper(digests, bad);
        List<Finding> damaged = verify(0);
        BackupCommit second = backup();
        store.delete(digests);
        List<Finding> missing = verify(0);
        // Then
        assertThat(damaged).singleElement().satisfies(finding -> {
            assertThat(finding.type()).isEqualTo(Finding.Type.DAMAGED);
            assertThat(finding.key()).isEqualTo(digests);
        });
        assertThat(missing).singleElement().satisfies(finding -> {
            assertThat(finding.type()).isEqualTo(Finding.Type.MISSING);
            assertThat(finding.key()).isEqualTo(digests);
        });
        assertThat(deltas()).containsExactly(0, 0, 0, 0);
        assertThat(second.summary().statistics().newExtents()).isEqualTo(1);
        assertEveryBackupReads();
    }

    @Test // P1
    void whatTouchesADistrustedPackIsStoredWhole() {
        // Given
        backup();
        touch(130);
        backup();
        PackId deltaPack = pack(1).id();
        // When
        backup(Set.of(deltaPack));
        // Then
        assertThat(deltas()).containsExactly(0, 0, 0, 0);
        assertThat(lineage.closure(id(2)).packs()).noneMatch(pack -> pack.id().equals(deltaPack));
        assertEveryBackupReads();
    }

    @Test // F26
    void damageInABaseOrADeltaNamesThePack() {
        // Given
        backup();
        touch(130);
        backup();
        for (int position : new int[] {0, 1}) {
            BlobKey key = lineage.lineage().pack(pack(position).id());
            byte[] good = store.bytes(key);
            byte[] bad = good.clone();
            bad[good.length / 2] ^= 4;
            // When
            store.tamper(key, bad);
            // Then
            assertThatThrownBy(() -> read(1))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(key.value());
            store.tamper(key, good);
        }
        assertEveryBackupReads();
    }

    @Test // F27
    void aMissingBaseOrDeltaPackIsNamedBeforeAnythingIsRead() {
        // Given
        backup();
        touch(130);
        backup();
        for (int position : new int[] {0, 1}) {
            BlobKey key = lineage.lineage().pack(pack(position).id());
            byte[] good = store.bytes(key);
            // When
            store.delete(key);
            // Then
            try (BackupReader reader = lineage.openBackup(id(1))) {
                assertThatThrownBy(reader::requireComplete).hasMessageContaining(key.value());
            }
            store.tamper(key, good);
        }
    }

    @Test
    void packsOfWhichLittleIsUsedEmptyOut() {
        // Given: of five extents four are replaced.
        byte[] table = Samples.noise(5 * 128 * PAGE, 8);
        files.put(TABLE, table);
        backup();
        PackId first = pack(0).id();
        byte[] replaced = Samples.noise(5 * 128 * PAGE, 9);
        System.arraycopy(table, 0, replaced, 0, 128 * PAGE);
        files.put(TABLE, replaced);
        backup();
        assertThat(lineage.closure(id(1)).packs()).anyMatch(pack -> pack.id().equals(first));
        // When
        BackupCommit third = backup();
        BackupCommit fourth = backup();
        // Then: the rest moved, and then nothing moves any more.
        assertThat(lineage.closure(id(2)).packs()).noneMatch(pack -> pack.id().equals(first));
        assertThat(third.summary().statistics().storedBytes()).isBetween(128L * PAGE, 140L * PAGE);
        assertThat(fourth.summary().statistics().storedBytes()).isZero();
        assertEveryBackupReads();
    }

    @Test
    void aPageIsReadFromWithinAnExtentWithDeltas() {
        // Given
        backup();
        touch(130);
        backup();
        touch(131);
        backup();
        byte[] whole = file();
        try (BackupReader reader = lineage.openBackup(id(2))) {
            ManifestEntry.File table = find(reader);
            // When, then
            assertThat(reader.read(table, 129L * PAGE, 4 * PAGE))
                    .isEqualTo(Arrays.copyOfRange(whole, 129 * PAGE, 133 * PAGE));
        }
    }

    private final Map<Integer, Map<String, byte[]>> expected = new LinkedHashMap<>();

    private BackupCommit backup() {
        return backup(Set.of());
    }

    private BackupCommit backup(Set<PackId> distrusted) {
        Optional<String> previous = backups == 0 ? Optional.empty() : Optional.of("b" + (backups - 1));
        expected.put(backups, new LinkedHashMap<>(files));
        return Samples.backup(lineage, "b" + backups++, previous, distrusted, files, work);
    }

    private void touch(int page) {
        byte[] changed = file().clone();
        byte[] content = new byte[PAGE];
        random.nextBytes(content);
        System.arraycopy(content, 0, changed, page * PAGE, PAGE);
        files.put(TABLE, changed);
    }

    private byte[] file() {
        return file(TABLE);
    }

    private byte[] file(String path) {
        byte[] content = files.get(path);
        if (content == null) {
            throw new AssertionError("no file " + path);
        }
        return content;
    }

    /// How many deltas each of the table's extents has in the newest backup.
    private List<Integer> deltas() {
        try (BackupReader reader = lineage.openBackup(id(backups - 1))) {
            return find(reader).extents().stream()
                    .map(FileExtent::deltas)
                    .map(List::size)
                    .toList();
        }
    }

    private static ManifestEntry.File find(BackupReader reader) {
        try (EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file
                        && file.path().value().equals(TABLE)) {
                    return file;
                }
            }
        }
        throw new AssertionError("no table");
    }

    /// The pack at this position of the newest backup's table.
    private PackEntry pack(int position) {
        return lineage.closure(id(backups - 1)).packs().get(position);
    }

    private List<Finding> verify(int backup) {
        return lineage.verifier()
                .verify(id(backup), VerificationReport.Depth.FULL)
                .findings();
    }

    private Map<String, byte[]> read(int backup) {
        return Samples.read(lineage, id(backup).value());
    }

    private void assertEveryBackupReads() {
        expected.forEach((backup, content) -> {
            Map<String, byte[]> found = read(backup);
            assertThat(found).containsOnlyKeys(content.keySet());
            found.forEach((path, bytes) -> assertThat(Arrays.mismatch(bytes, content.get(path)))
                    .as("first byte of '%s' that differs in backup %d", path, backup)
                    .isNegative());
        });
    }

    private static BackupId id(int backup) {
        return new BackupId("b" + backup);
    }
}
