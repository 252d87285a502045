package io.walkback.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.manifest.PreviousBackup;
import io.walkback.repository.testing.MemoryBlobStore;
import io.walkback.repository.testing.Samples;
import io.walkback.repository.verify.VerificationReport;
import io.walkback.repository.wal.CommitTimes;
import io.walkback.repository.wal.WalObject;
import io.walkback.repository.wal.WalPiece;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A repository of format version 1, kept in git as the first release wrote it, is read by today's code.
///
/// To keep another one for a new version, run with `-Dwalkback.golden.write=DIR`, which gets a folder for each;
/// the old ones stay.
@ParameterizedClass(name = "sealed: {0}")
@ValueSource(booleans = {false, true})
class RepositoryFormatTest {
    @Parameter
    boolean sealed;

    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 2, 1 << 20);
    private static final WalPiece PIECE = new WalPiece(
            new WalSegment(TimelineId.FIRST, 3, 1 << 20),
            SEGMENT.end(),
            SEGMENT.end().plus(8192));
    private static final byte[] HISTORY =
            "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
    private static final CommitTimes TIMES = new CommitTimes(Samples.NOW.minusSeconds(3), Samples.NOW);

    @TempDir
    Path work;

    private final MemoryBlobStore store = new MemoryBlobStore(Samples.CLOCK);

    @BeforeEach
    void load() throws Exception {
        String write = System.getProperty("walkback.golden.write");
        Path directory = write == null
                ? Path.of(Objects.requireNonNull(RepositoryFormatTest.class.getResource("/formats/" + folder()))
                        .toURI())
                : Path.of(write).resolve(folder());
        if (write != null && Files.notExists(directory.resolve(Repository.ROOT.value()))) {
            writeGolden(directory);
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String key = directory.relativize(file).toString().replace('\\', '/');
                store.putIfAbsent(new BlobKey(key), Files.readAllBytes(file));
            }
        }
    }

    @Test
    void bothBackupsReadBackByteForByte() {
        LineageRepository lineage = lineage();
        assertThat(lineage.backups()).containsExactly(new BackupId("b1"), new BackupId("b2"));
        assertThat(Samples.read(lineage, "b1")).containsExactlyEntriesOf(files(0));
        assertThat(Samples.read(lineage, "b2")).containsExactlyEntriesOf(files(1));
        for (BackupId backup : lineage.backups()) {
            assertThat(lineage.verifier()
                            .verify(backup, VerificationReport.Depth.FULL)
                            .findings())
                    .isEmpty();
        }
    }

    @Test
    void factsAndEntriesAreTheOnesThatWereWritten() {
        // Given
        BackupSummary summary = lineage().findBackup(new BackupId("b2")).orElseThrow();
        // When
        List<ManifestEntry> entries = new ArrayList<>();
        try (BackupReader reader = lineage().openBackup(new BackupId("b1"));
                EntryStream stream = reader.entries()) {
            stream.forEachRemaining(entries::add);
            // Then
            assertThat(summary.previous()).contains(new PreviousBackup(new BackupId("b1"), reader.digest()));
        }
        assertThat(summary.facts()).isEqualTo(Samples.facts());
        assertThat(summary.createdAt()).isEqualTo(Samples.NOW);
        assertThat(summary.statistics().reusedExtents()).isEqualTo(3);
        assertThat(summary.statistics().newExtents()).isEqualTo(1);
        assertThat(entries).hasSize(7);
        assertThat(entries.getLast()).isEqualTo(new ManifestEntry.Tablespace(16_400, "/mnt/fast"));
    }

    @Test
    void walPiecesAndHistoryReadBackByteForByte() throws IOException {
        LineageRepository lineage = lineage();
        WalObject segment = lineage.wal().findSegment(SEGMENT).orElseThrow();
        assertThat(segment.commitTimes()).contains(TIMES);
        assertThat(read(segment)).isEqualTo(Samples.prose(1 << 20, 6));
        assertThat(lineage.wal().pieces(PIECE.segment())).containsExactly(PIECE);
        assertThat(read(lineage.wal().findPiece(PIECE).orElseThrow())).isEqualTo(Samples.prose(8192, 7));
        assertThat(read(lineage.wal().findHistory(new TimelineId(2)).orElseThrow()))
                .isEqualTo(HISTORY);
    }

    @Test
    void theFirstByteIsTheVersionAndANewerOneIsRefused() {
        for (BlobKey key : store.keys()) {
            assertThat(store.bytes(key)).startsWith(1, 'W', 'B');
        }
        // Given: a descriptor of version 2, intact.
        byte[] root = store.bytes(Repository.ROOT);
        root[0] = 2;
        CRC32C crc = new CRC32C();
        crc.update(root, 0, root.length - 4);
        for (int i = 0; i < 4; i++) {
            root[root.length - 1 - i] = (byte) (crc.getValue() >>> (8 * i));
        }
        store.tamper(Repository.ROOT, root);
        // When, then
        assertThatThrownBy(() -> Samples.open(store, sealed))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("format version 2");
    }

    private String folder() {
        return sealed ? "v1-sealed" : "v1";
    }

    private LineageRepository lineage() {
        return Samples.open(store, sealed).current(Samples.SHOP).orElseThrow();
    }

    private static Map<String, byte[]> files(int version) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("backup_label", Samples.LABEL);
        files.put("base/1/1", Samples.prose(300_000, version));
        files.put("base/1/2", Samples.noise(1_000, 4));
        files.put("global/pg_control", Samples.CONTROL);
        return files;
    }

    private void writeGolden(Path directory) throws IOException {
        MemoryBlobStore fresh = new MemoryBlobStore(Samples.CLOCK);
        LineageRepository lineage = Samples.lineage(fresh, sealed);
        Samples.backup(lineage, "b1", Optional.empty(), files(0), work);
        Samples.backup(lineage, "b2", Optional.of("b1"), files(1), work);
        lineage.wal().putSegment(SEGMENT, new ByteArrayInputStream(Samples.prose(1 << 20, 6)), Optional.of(TIMES));
        lineage.wal().putPiece(PIECE, Samples.prose(8192, 7));
        lineage.wal().putHistory(new TimelineId(2), HISTORY);
        for (BlobKey key : fresh.keys()) {
            Path file = directory.resolve(key.value());
            Files.createDirectories(file.getParent());
            Files.write(file, fresh.bytes(key));
        }
    }

    private static byte[] read(WalObject object) throws IOException {
        try (InputStream in = object.open()) {
            return in.readAllBytes();
        }
    }
}
