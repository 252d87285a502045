package io.walkback.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.analyze.StoreReport;
import io.walkback.repository.analyze.StoreTrial;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.verify.VerificationReport.Depth;
import io.walkback.testkit.s3.S3Proxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole backup in a bucket of a real S3 server.
class S3BackupTest {
    private static final BackupId BACKUP = new BackupId("b1");

    @TempDir
    static Path directory = Path.of("");

    private static S3Proxy server;

    @BeforeAll
    static void start() throws IOException {
        server = S3Proxy.start(directory);
        server.makeBucket("backups");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aBackupInABucketIsReadBackAndVerifiedByAnotherProcess() throws IOException {
        // Given
        byte[] content = new byte[20 << 20];
        new Random(3).nextBytes(content);
        try (Repository repository = Repository.init(open(), Clock.systemUTC())) {
            LineageRepository lineage = repository.forWriting(
                    new DatabaseId("shop"), new SystemIdentifier(7300), new ClusterGeometry(16 << 20, 8192));
            // When
            SmallBackup.write(lineage, BACKUP, Optional.empty(), directory.resolve("work"), content);
        }
        // Then
        try (Repository repository = Repository.open(open(), Clock.systemUTC())) {
            assertThat(repository.databases()).containsExactly(new DatabaseId("shop"));
            LineageRepository lineage =
                    repository.current(new DatabaseId("shop")).orElseThrow();
            assertThat(lineage.backups()).containsExactly(BACKUP);
            assertThat(lineage.verifier().verify(BACKUP, Depth.FULL).isClean()).isTrue();
            assertThat(read(lineage)).isEqualTo(content);
        }
    }

    @Test
    void theServerIsFoundFitForBackups() throws InterruptedException {
        try (BlobStore store = Stores.open(server.endpoint(), "backups/trial")) {
            // When
            StoreReport report = new StoreTrial(store, Clock.systemUTC()).run();
            // Then
            assertThat(report.isTrusted()).as(report.results().toString()).isTrue();
            assertThat(report.leftBehind()).isZero();
        }
    }

    private static BlobStore open() {
        return Stores.open(server.endpoint(), "backups/eu1");
    }

    private static byte[] read(LineageRepository lineage) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BackupReader reader = lineage.openBackup(BACKUP);
                EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    reader.copyTo(file, bytes);
                }
            }
        }
        return bytes.toByteArray();
    }
}
