package io.walkback.repository.backup;

import static io.walkback.repository.testing.Samples.CLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.Severity;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.Finding;
import io.walkback.repository.verify.Share;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.verify.VerificationReport.Depth;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verification by rotation: part n of t at each run.
class ShareVerificationTest {
    private static final int PARTS = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path work;

    private static VerificationReport verify(LineageRepository lineage, Share share) {
        return lineage.verifier().verify(new BackupId("b5"), Depth.FULL, share);
    }

    /// Five packs at least: each backup stores a file of its own.
    private LineageRepository fiveBackups(MemoryBlobStore store) {
        LineageRepository lineage = Samples.lineage(store);
        Map<String, byte[]> files = new HashMap<>();
        files.put("backup_label", Samples.file("backup_label"));
        files.put("global/pg_control", Samples.file("global/pg_control"));
        for (int i = 1; i <= 5; i++) {
            files.put("base/1/400" + i, Samples.noise(10_000, i));
            Samples.backup(lineage, "b" + i, i == 1 ? Optional.empty() : Optional.of("b" + (i - 1)), files, work);
        }
        return lineage;
    }

    @Test // P3
    void findsADamagedByteOfAnyPackInExactlyOneOfItsRuns() {
        // Given
        MemoryBlobStore store = new MemoryBlobStore(CLOCK);
        LineageRepository lineage = fiveBackups(store);
        List<BlobKey> packs = store.keys().stream()
                .filter(key -> key.value().contains("/packs/"))
                .toList();
        assertThat(packs).hasSizeGreaterThanOrEqualTo(5);
        for (BlobKey pack : packs) {
            byte[] right = store.bytes(pack);
            byte[] wrong = right.clone();
            // A byte of the first extent's stored text: the structure does not read it.
            wrong[400] ^= 1;
            store.tamper(pack, wrong);
            // When
            int found = 0;
            for (int part = 1; part <= PARTS; part++) {
                VerificationReport report = verify(lineage, new Share(part, PARTS));
                found += report.isClean() ? 0 : 1;
                report.findings().forEach(finding -> {
                    assertThat(finding.key()).isEqualTo(pack);
                    assertThat(finding.type()).isEqualTo(Finding.Type.DAMAGED);
                    assertThat(finding.type().severity()).isEqualTo(Severity.CRITICAL);
                    assertThat(finding.type().remedy()).endsWith(".");
                });
            }
            // Then
            assertThat(found).as("runs that found a fault in %s", pack).isOne();
            store.tamper(pack, right);
        }
    }

    @Test
    void refusesPartsThatThereAreNot() {
        assertThatThrownBy(() -> new Share(0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Share(4, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Share(1, 10_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
