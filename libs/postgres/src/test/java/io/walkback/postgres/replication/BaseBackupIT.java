package io.walkback.postgres.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.postgres.Cluster;
import io.walkback.postgres.CountingSink;
import io.walkback.postgres.Judge;
import io.walkback.postgres.control.BackupLabel;
import io.walkback.postgres.control.ControlFile;
import io.walkback.postgres.page.PageChecksum;
import io.walkback.postgres.page.PageMismatch;
import io.walkback.postgres.page.PageReader;
import io.walkback.postgres.page.PageReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseBackupIT {
    private static final Pattern MANIFEST_FILE = Pattern.compile(
            "\"(?:Path\": \"(?<path>[^\"]+)|Encoded-Path\": \"(?<hex>[0-9a-f]+))\", \"Size\": (?<size>\\d+),"
                    + " .*?\"Checksum\": \"(?<crc>[0-9a-f]{8})\"");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void aBackupWithTwoTablespacesIsWhatTheServersManifestSaysAndStarts(int major) throws Exception {
        try (Cluster source = Cluster.start(major, directory, config -> config)) {
            // Given
            Path fast = tablespaceFolder("fast");
            Path slow = tablespaceFolder("slow");
            source.execute(
                    "CREATE TABLESPACE fast LOCATION '" + fast + "'",
                    "CREATE TABLESPACE slow LOCATION '" + slow + "'",
                    "CREATE TABLE a TABLESPACE fast AS SELECT g AS id, repeat('a', 500) AS t FROM generate_series(1,"
                            + " 20000) g",
                    "CREATE TABLE b TABLESPACE slow AS SELECT g AS id FROM generate_series(1, 5000) g",
                    "CREATE TABLE c AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 50000) g",
                    "CREATE INDEX ON c (t)");
            BackupToDirectory sink = new BackupToDirectory(directory);
            // When
            BaseBackupEnd end;
            try (ReplicationConnection connection = source.replication()) {
                assertThat(connection.serverMajor()).isEqualTo(major);
                end = connection.baseBackup(BaseBackupOptions.fast("it's a label"), sink);
                assertThat(connection.show("block_size")).isEqualTo("8192");
            }
            // Then
            assertThat(sink.start.start()).isEqualTo(end.start());
            assertThat(end.stop()).isGreaterThan(end.start());
            assertThat(sink.start.tablespaces())
                    .extracting(TablespaceInfo::location)
                    .containsExactlyInAnyOrder(fast.toString(), slow.toString());
            assertThat(sink.start.baseKilobytes()).isPositive();
            assertThat(sink.progress).isGreaterThan(10 << 20);
            assertThat(sink.links).hasSize(2);
            assertThat(sink.reports.values()).allMatch(PageReport::clean);
            assertThat(sink.reports.values().stream()
                            .mapToLong(PageReport::verified)
                            .sum())
                    .isGreaterThan(1500);
            BackupLabel label = BackupLabel.parse(Files.readAllBytes(sink.data.resolve("backup_label")));
            assertThat(label.start()).isEqualTo(end.start());
            assertThat(label.timeline()).isEqualTo(end.timeline());
            assertThat(label.label()).isEqualTo("it's a label");
            assertThat(label.fromStandby()).isFalse();
            assertManifestHolds(sink.data);
            assertControlFileIsTheServers(source, sink.data);
            if (major == 15) {
                Judge.Verdict verdict = Judge.run("pg_verifybackup", "-n", sink.data.toString());
                assertThat(verdict.exit()).as(verdict.output()).isZero();
            }
            copyWal(source.server.dataDirectory(), sink.data);
            source.server.stop();
            try (Cluster restored = Cluster.on(major, sink.data)) {
                owned(directory);
                restored.server.start();
                assertThat(restored.query(
                                "SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b) + (SELECT count(*)"
                                        + " FROM c)"))
                        .isEqualTo("75000");
            }
        }
    }

    @Test
    void aPageThatWasDamagedOnDiskIsNamedAsPgChecksumsNamesIt() throws Exception {
        try (Cluster source = Cluster.start(15, directory, config -> config)) {
            // Given
            source.execute("CREATE TABLE d AS SELECT g AS id, repeat('d', 300) AS t FROM generate_series(1, 5000) g");
            String file = source.query("SELECT pg_relation_filepath('d')");
            source.server.stop();
            try (RandomAccessFile damaged = new RandomAccessFile(
                    source.server.dataDirectory().resolve(file).toFile(), "rw")) {
                damaged.seek(7 * 8192 + 4000);
                damaged.write(damaged.read() ^ 1);
            }
            Judge.Verdict verdict = Judge.run(
                    "pg_checksums",
                    "--check",
                    "-D",
                    source.server.dataDirectory().toString());
            assertThat(verdict.exit()).isNotZero();
            source.server.start();
            BackupToDirectory sink = new BackupToDirectory(directory);
            // When
            try (ReplicationConnection connection = source.replication()) {
                connection.baseBackup(BaseBackupOptions.fast("damaged"), sink);
            }
            // Then
            PageReport report = java.util.Objects.requireNonNull(sink.reports.get("restored/" + file));
            assertThat(report.mismatches()).isOne();
            PageMismatch mismatch = report.first().getFirst();
            assertThat(mismatch.block()).isEqualTo(7);
            assertThat(verdict.output())
                    .contains("block 7: calculated checksum "
                            + Integer.toHexString(mismatch.expected()).toUpperCase(java.util.Locale.ROOT));
            assertThat(sink.reports.values().stream().filter(other -> !other.clean()))
                    .hasSize(1);
            try (Connection connection = Cluster.CONNECTOR.connect(source.superuser(), "again", Cluster.PATIENCE)) {
                byte[] again = PageReader.read(connection, file, mismatch.offset(), "here")
                        .orElseThrow();
                assertThat(new PageChecksum().compute(again, 0, 7)).isEqualTo(mismatch.expected());
                assertThat(PageReader.read(connection, file, 1L << 29, "here")).isEmpty();
                assertThat(PageReader.read(connection, file + "999", 0, "here")).isEmpty();
            }
            try (Connection connection = Cluster.CONNECTOR.connect(source.walkback(), "again", Cluster.PATIENCE)) {
                assertThatThrownBy(() -> PageReader.read(connection, file, 0, "here"))
                        .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                                .isEqualTo(FailureCode.POSTGRES_PRIVILEGE));
            }
        }
    }

    @Test
    void aServerKilledInTheMidstOfABackupIsALostConnectionAndNotAnEnd() throws Exception {
        try (Cluster source = Cluster.start(15, directory, config -> config)) {
            // Given
            AtomicLong seen = new AtomicLong();
            BaseBackupSink sink = new CountingSink() {
                @Override
                public void archiveData(byte[] buffer, int offset, int length) {
                    if (seen.addAndGet(length) > 1 << 20 && source.server.isAlive()) {
                        source.server.kill();
                    }
                }
            };
            BaseBackupOptions slowly =
                    new BaseBackupOptions("killed", true, OptionalInt.of(4096), Duration.ofMinutes(1));
            // When, Then
            try (ReplicationConnection connection = source.replication()) {
                assertThatThrownBy(() -> connection.baseBackup(slowly, sink))
                        .isInstanceOfSatisfying(RetryableException.class, fault -> assertThat(fault.code())
                                .isEqualTo(FailureCode.POSTGRES_CONNECTION_LOST))
                        .hasMessageContaining("copying the files of a base backup at 127.0.0.1:");
                assertThatThrownBy(connection::identifySystem).isInstanceOf(IllegalStateException.class);
            }
            assertThat(seen).hasValueGreaterThan(1 << 20);
        }
    }

    @Test // F41
    void f41ACheckpointThatTakesTooLongIsTheNamedPhaseAndWhatTheSinkThrowsReachesTheCaller() throws Exception {
        try (Cluster source = Cluster.start(15, directory, config -> config)) {
            String checkpointer = source.query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
            signal("-STOP", checkpointer);
            try (ReplicationConnection connection = source.replication()) {
                BaseBackupOptions impatient =
                        new BaseBackupOptions("stuck", true, OptionalInt.empty(), Duration.ofMillis(700));
                CountingSink sink = new CountingSink();
                assertThatThrownBy(() -> connection.baseBackup(impatient, sink))
                        .isInstanceOfSatisfying(RetryableException.class, fault -> assertThat(fault.code())
                                .isEqualTo(FailureCode.POSTGRES_CONNECTION_LOST))
                        .hasMessageContaining("waiting for the checkpoint that a base backup begins with")
                        .hasMessageContaining("fell silent");
                assertThat(sink.bytes).isZero();
            } finally {
                signal("-CONT", checkpointer);
            }
            whatTheSinkThrowsReachesTheCallerAndEndsTheWalsender(source);
        }
    }

    private static void signal(String signal, String pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, pid).start().waitFor()).isZero();
    }

    private static void whatTheSinkThrowsReachesTheCallerAndEndsTheWalsender(Cluster source) {
        try (ReplicationConnection connection = source.replication()) {
            IllegalArgumentException own = new IllegalArgumentException("enough");
            BaseBackupSink sink = new CountingSink() {
                @Override
                public void archiveData(byte[] buffer, int offset, int length) {
                    throw own;
                }
            };
            assertThatThrownBy(() -> connection.baseBackup(BaseBackupOptions.fast("broken off"), sink))
                    .isSameAs(own);
            org.awaitility.Awaitility.await().atMost(Cluster.PATIENCE).until(() -> source.query(
                            "SELECT count(*) FROM pg_stat_replication")
                    .equals("0"));
        }
    }

    @Test
    void aServerWithoutWalsendersSaysWhichSettingsToChange() {
        try (Cluster source = Cluster.start(15, directory, config -> config.withSetting("wal_level", "minimal")
                .withSetting("max_wal_senders", "0"))) {
            assertThatThrownBy(source::replication).isInstanceOfSatisfying(PlatformException.class, fault -> {
                assertThat(fault.code()).isEqualTo(FailureCode.POSTGRES_SETTING);
                assertThat(fault.hint()).contains("wal_level = replica");
            });
        }
    }

    private Path tablespaceFolder(String name) throws IOException {
        Path folder = Files.createDirectory(directory.resolve(name));
        owned(directory);
        return folder;
    }

    /// The server runs under another account than a root that tests.
    private static void owned(Path folder) throws IOException {
        if (!Files.getOwner(folder).getName().equals("root")) {
            return;
        }
        var postgres = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                if (!path.equals(folder)) {
                    Files.getFileAttributeView(
                                    path,
                                    java.nio.file.attribute.PosixFileAttributeView.class,
                                    java.nio.file.LinkOption.NOFOLLOW_LINKS)
                            .setOwner(postgres);
                }
            }
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void copyWal(Path from, Path to) throws IOException {
        try (Stream<Path> segments = Files.list(from.resolve("pg_wal"))) {
            for (Path segment : segments.filter(Files::isRegularFile).toList()) {
                Files.copy(segment, to.resolve("pg_wal").resolve(segment.getFileName()));
            }
        }
    }

    private static void assertManifestHolds(Path data) throws IOException {
        String manifest = Files.readString(data.resolve("backup_manifest"));
        int files = 0;
        for (MatchResult file : MANIFEST_FILE.matcher(manifest).results().toList()) {
            String path = file.group("path") != null
                    ? file.group("path")
                    : new String(HexFormat.of().parseHex(file.group("hex")), java.nio.charset.StandardCharsets.UTF_8);
            byte[] content = Files.readAllBytes(data.resolve(path));
            assertThat(content).as(path).hasSize(Integer.parseInt(file.group("size")));
            CRC32C crc = new CRC32C();
            crc.update(content);
            // The manifest prints the four bytes as they lie in memory.
            String printed = HexFormat.of().toHexDigits(Integer.reverseBytes((int) crc.getValue()));
            assertThat(printed).as(path).isEqualTo(file.group("crc"));
            files++;
        }
        assertThat(files).isGreaterThan(900);
    }

    private static void assertControlFileIsTheServers(Cluster source, Path data) throws IOException {
        ControlFile control = ControlFile.parse(Files.readAllBytes(data.resolve("global/pg_control")));
        assertThat(control.systemIdentifier().toString())
                .isEqualTo(source.query("SELECT system_identifier FROM pg_control_system()"));
        assertThat(source.query("SELECT pg_control_version || ' ' || catalog_version_no FROM pg_control_system()"))
                .isEqualTo(control.controlVersion() + " " + control.catalogVersion());
        assertThat(source.query("SELECT checkpoint_lsn || ' ' || redo_lsn || ' ' || timeline_id || ' ' ||"
                        + " prev_timeline_id || ' ' || extract(epoch FROM checkpoint_time)::bigint FROM"
                        + " pg_control_checkpoint()"))
                .isEqualTo(control.checkpoint() + " " + control.redo() + " " + control.timeline() + " "
                        + control.previousTimeline() + " "
                        + control.checkpointTime().getEpochSecond());
        assertThat(source.query(
                        "SELECT database_block_size || ' ' || blocks_per_segment || ' ' || wal_block_size || ' ' ||"
                                + " bytes_per_wal_segment || ' ' || data_page_checksum_version FROM pg_control_init()"))
                .isEqualTo(control.blockSize() + " " + control.pagesPerSegment() + " " + control.walBlockSize() + " "
                        + control.walSegmentSize() + " " + control.dataChecksumVersion());
        assertThat(control.dataChecksums()).isTrue();
        if (source.server.config().programs().major() == 15) {
            Judge.Verdict verdict = Judge.run("pg_controldata", "-D", data.toString());
            assertThat(verdict.output())
                    .contains("Database cluster state:               "
                            + control.state().text())
                    .contains("Latest checkpoint's NextXID:          " + (control.nextTransaction() >>> 32) + ":"
                            + (control.nextTransaction() & 0xFFFF_FFFFL))
                    .contains("Minimum recovery ending location:     " + control.minRecoveryPoint())
                    .contains("Backup start location:                " + control.backupStart())
                    .contains("Backup end location:                  " + control.backupEnd());
        }
    }
}
