package io.walkback.repository.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.KillPoint;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.verify.OrphanScan;
import io.walkback.repository.verify.VerificationReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Backups in processes of their own: killed at each point of F03 that lies in the repository, and with little
/// heap.
class BackupProcessFaultTest {
    @TempDir
    Path directory;

    @ParameterizedTest // F03, P2
    @CsvSource({
        KillPoint.BACKUP_MID_CHUNK + ", false",
        KillPoint.BACKUP_PACKS_STORED + ", false",
        KillPoint.BACKUP_MANIFEST_STAGED + ", false",
        KillPoint.BACKUP_MANIFEST_COMMITTED + ", true"
    })
    void aKilledBackupIsWholeOrInvisibleAndTheNextAttemptEndsIt(String point, boolean committed) throws Exception {
        // Given
        assertThat(run(256, point, "first", 1, 20)).isEqualTo(137);
        LineageRepository lineage = lineage();
        assertThat(lineage.backups()).hasSize(committed ? 1 : 0);
        // When
        assertThat(run(256, "none", "first", 1, 20)).isZero();
        // Then
        assertThat(lineage.verifier()
                        .verify(new BackupId("first"), VerificationReport.Depth.FULL)
                        .findings())
                .isEmpty();
        List<BlobEntry> orphans = new ArrayList<>();
        new OrphanScan(lineage.lineage()).scan(Duration.ofSeconds(-5), lineage::backups, orphans::add);
        assertThat(orphans.isEmpty()).isEqualTo(point.equals(KillPoint.BACKUP_MID_CHUNK));
    }

    @Test
    void moreThanAGibibyteFitsNinetySixMebibytesOfHeap() throws Exception {
        // When
        assertThat(run(96, "none", "first", 17, 2_000)).isZero();
        assertThat(run(96, "none", "again", 17, 2_000)).isZero();
        // Then
        var statistics =
                lineage().findBackup(new BackupId("again")).orElseThrow().statistics();
        assertThat(statistics.bytes()).isEqualTo(17L * (64 << 20) + 2_000 * 8192);
        assertThat(statistics.newExtents()).isZero();
        assertThat(statistics.storedBytes()).isZero();
    }

    @Test
    void theManifestOfATebibyteIsNeverHeldWhole() throws Exception {
        // When: written, laid out for a next backup and read, in 56 bytes of heap for each of its extents.
        assertThat(process(56, "none", SyntheticManifest.class, directory.toString(), "1024"))
                .as(() -> "log " + directory.resolve("log"))
                .isZero();
        // Then
        var summary = lineage("huge").findBackup(new BackupId("first")).orElseThrow();
        assertThat(summary.statistics().newExtents()).isEqualTo(1 << 20);
        assertThat(summary.manifestSize()).isGreaterThan(32L << 20);
    }

    private LineageRepository lineage() {
        return lineage("big");
    }

    private LineageRepository lineage(String database) {
        return Repository.open(FileSystemBlobStore.open(directory.resolve("store")), Clock.systemUTC())
                .current(new DatabaseId(database))
                .orElseThrow();
    }

    private int run(int heapMebibytes, String killPoint, String backup, int big, int small)
            throws IOException, InterruptedException {
        return process(
                heapMebibytes,
                killPoint,
                SyntheticBackup.class,
                directory.toString(),
                backup,
                Integer.toString(big),
                Integer.toString(small));
    }

    private int process(int heapMebibytes, String killPoint, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx" + heapMebibytes + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dwalkback.kill.point=" + killPoint,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        if (!process.waitFor(240, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the backup did not end within 240 s");
        }
        return process.exitValue();
    }
}
