package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.RetryableException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.testing.FaultyBlobStore;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.OrphanScan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each call to the store fails once, before or after it took effect.
@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class BackupFaultTest {
    @Parameter
    boolean sealed;

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);
    private final Map<String, byte[]> files = new LinkedHashMap<>(Map.of(
            "backup_label",
            Samples.LABEL,
            "global/pg_control",
            Samples.CONTROL,
            "base/1/1",
            Samples.noise(900_000, 1)));

    @ParameterizedTest
    @EnumSource // P2
    void afterAnyFailedCallTheBackupIsWholeOrInvisibleAndTheNextAttemptCommits(FaultyBlobStore.When when) {
        // Given
        Samples.backup(Samples.lineage(store, sealed), "b0", Optional.empty(), Samples.files(), work);
        int calls = calls();
        assertThat(calls).isGreaterThan(20);
        for (int failing = 1; failing <= calls; failing++) {
            String id = "b-" + when + "-" + failing;
            FaultyBlobStore faulty = new FaultyBlobStore(store, failing, when);
            // When
            assertThatThrownBy(() -> backup(faulty, id))
                    .as("call %d of %d", failing, calls)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("injected");
            // Then
            LineageRepository lineage = Samples.lineage(store, sealed);
            if (lineage.findBackup(new BackupId(id)).isPresent()) {
                assertThat(Samples.read(lineage, id)).containsExactlyEntriesOf(files);
            }
            BackupCommit next = Samples.backup(lineage, id, Optional.of("b0"), files, work);
            assertThat(Samples.read(lineage, id)).containsExactlyEntriesOf(files);
            assertThat(next.summary().id()).isEqualTo(new BackupId(id));
        }
    }

    @Test
    void whatKilledAttemptsLeftIsFoundOnceItIsOlderThanTheMargin() {
        // Given
        LineageRepository lineage = Samples.lineage(store, sealed);
        Samples.backup(lineage, "b0", Optional.empty(), Samples.files(), work);
        FaultyBlobStore faulty = new FaultyBlobStore(store, calls(), FaultyBlobStore.When.BEFORE);
        assertThatThrownBy(() -> backup(faulty, "b1")).isInstanceOf(RetryableException.class);
        store.delete(lineage.lineage().manifest(new BackupId("b1")));
        List<BlobEntry> young = new ArrayList<>();
        List<BlobEntry> old = new ArrayList<>();
        OrphanScan scan = new OrphanScan(lineage.lineage());
        // When
        scan.scan(Duration.ofDays(2), lineage::backups, young::add);
        scan.scan(Duration.ofSeconds(-1), lineage::backups, old::add);
        // Then
        assertThat(young).isEmpty();
        assertThat(old).hasSize(1);
        assertThat(lineage.closure(new BackupId("b0")).packs())
                .noneMatch(pack ->
                        lineage.lineage().pack(pack.id()).equals(old.getFirst().key()));
    }

    private int calls() {
        MemoryBlobStore other = new MemoryBlobStore(Samples.CLOCK);
        Samples.backup(Samples.lineage(other, sealed), "b0", Optional.empty(), Samples.files(), work);
        FaultyBlobStore counting = new FaultyBlobStore(other, 0, FaultyBlobStore.When.BEFORE);
        backup(counting, "b1");
        return counting.calls();
    }

    private void backup(FaultyBlobStore faulty, String id) {
        LineageRepository lineage =
                Samples.open(faulty, sealed).forWriting(Samples.SHOP, Samples.SYSTEM, Samples.GEOMETRY);
        Samples.backup(lineage, id, Optional.of("b0"), files, work);
    }
}
