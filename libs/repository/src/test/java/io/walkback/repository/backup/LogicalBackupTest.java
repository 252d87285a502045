package io.walkback.repository.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.layout.Lineage;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.testing.LogicalSamples;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files whose size nobody knows before they end, and what a manifest says of dumps.
class LogicalBackupTest {
    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("globals.sql", Samples.prose(700, 1));
        files.put("dbnames/5.dump", Samples.prose(3 * (1 << 20) + 17, 2));
        files.put("dbnames/16384.dump", Samples.noise(1 << 20, 3));
        files.put("dbnames/16385.dump", new byte[0]);
        return files;
    }

    @ParameterizedTest(name = "sealed: {0}")
    @ValueSource(booleans = {false, true})
    void readsBackByteForByteWithWhatWasDumped(boolean sealed) {
        // Given
        LineageRepository lineage = Samples.lineage(store, sealed);
        // When
        BackupCommit commit = LogicalSamples.backup(lineage, "l1", Optional.empty(), files(), work);
        // Then
        BackupSummary summary = lineage.findBackup(new BackupId("l1")).orElseThrow();
        assertThat(Samples.read(lineage, "l1")).containsExactlyEntriesOf(files());
        assertThat(summary.facts()).isEqualTo(LogicalSamples.facts(files().keySet()));
        assertThat(summary.facts().isLogical()).isTrue();
        assertThat(commit.summary().statistics().files()).isEqualTo(4);
        assertThat(lineage.verifier()
                        .verify(new BackupId("l1"), VerificationReport.Depth.FULL)
                        .findings())
                .isEmpty();
        assertThat(lineage.closure(new BackupId("l1")).keys(lineage.lineage()))
                .allMatch(store.keys()::contains)
                .anyMatch(key -> key.value().contains("/packs/"));
    }

    @Test // P3
    void aFlippedByteOfADumpIsFoundByVerification() {
        // Given
        LineageRepository lineage = Samples.lineage(store, true);
        LogicalSamples.backup(lineage, "l1", Optional.empty(), files(), work);
        BlobKey pack = store.keys().stream()
                .filter(key -> key.value().contains("/packs/"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = store.bytes(pack);
        bytes[bytes.length / 2] ^= 1;
        store.tamper(pack, bytes);
        // When
        VerificationReport report = lineage.verifier().verify(new BackupId("l1"), VerificationReport.Depth.FULL);
        // Then
        assertThat(report.findings()).isNotEmpty();
        assertThat(report.findings().getFirst().key()).isEqualTo(pack);
        assertThatThrownBy(() -> Samples.read(lineage, "l1"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(pack.value());
    }

    @Test
    void storesUnchangedStretchesOfTheNextDumpOnce() {
        // Given
        LineageRepository lineage = Samples.lineage(store);
        BackupCommit first = LogicalSamples.backup(lineage, "l1", Optional.empty(), files(), work);
        Map<String, byte[]> next = files();
        byte[] changed = Samples.prose(3 * (1 << 20) + 17, 2);
        changed[5] ^= 1;
        next.put("dbnames/5.dump", changed);
        // When
        BackupCommit second = LogicalSamples.backup(lineage, "l2", Optional.of("l1"), next, work);
        // Then
        assertThat(Samples.read(lineage, "l2")).containsExactlyEntriesOf(next);
        assertThat(second.summary().statistics().newExtents()).isEqualTo(1);
        assertThat(second.summary().statistics().reusedExtents())
                .isEqualTo(first.summary().statistics().newExtents() - 1);
    }

    @Test // P2
    void nothingIsVisibleWhenAStreamIsCutOff() {
        // Given
        LineageRepository lineage = Samples.lineage(store);
        // When
        try (BackupWriter writer = lineage.newBackup(
                new BackupId("l1"), UUID.randomUUID(), Optional.empty(), Set.of(), Samples.settings(work))) {
            writer.beginStream(new EntryPath("dbnames/5.dump"), Samples.ATTRIBUTES);
            writer.write(new byte[5 << 20], 0, 5 << 20);
            assertThatThrownBy(() -> writer.finish(LogicalSamples.facts(files().keySet())))
                    .isInstanceOf(IllegalStateException.class);
        }
        // Then
        assertThat(lineage.backups()).isEmpty();
        Lineage names = lineage.lineage();
        assertThat(store.keys())
                .noneMatch(key -> key.value().startsWith(names.backups().value()));
    }

    @Test
    void factsOfAPhysicalBackupHaveNoDumpsAndThoseOfALogicalOneDo() {
        BackupFacts logical = LogicalSamples.facts(files().keySet());
        BackupFacts physical = Samples.facts();
        assertThatThrownBy(() -> new BackupFacts(
                        physical.origin(),
                        physical.server(),
                        physical.wal(),
                        physical.startedAt(),
                        physical.completedAt(),
                        physical.controlFiles(),
                        physical.pageFindings(),
                        physical.environment(),
                        physical.software(),
                        logical.dump()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BackupFacts(
                        logical.origin(),
                        logical.server(),
                        logical.wal(),
                        logical.startedAt(),
                        logical.completedAt(),
                        logical.controlFiles(),
                        logical.pageFindings(),
                        logical.environment(),
                        logical.software()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
