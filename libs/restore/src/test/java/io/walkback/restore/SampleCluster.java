package io.walkback.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.postgres.control.ControlFile;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A cluster of generated files that is backed up as it is, in one segment of WAL; and what a data directory must
/// look like to be it.
final class SampleCluster {
    static final SystemIdentifier SYSTEM = new SystemIdentifier(7);
    static final String TABLE = "base/5/1";
    static final int PAGE = 8192;

    private static final String SEGMENT_1 = "000000010000000000000001";
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    private static final List<String> DIRECTORIES =
            List.of("base", "base/5", "global", "pg_tblspc", "pg_wal", "pg_wal/archive_status");

    private final SmallRepository small;
    private final Path folder;
    private final @Nullable Path tablespace;
    private final Map<String, byte[]> files = new TreeMap<>();
    private @Nullable String previous;
    private int backups;

    /// @param tablespace where tablespace 7 of the cluster is, null for none
    SampleCluster(SmallRepository small, Path folder, @Nullable Path tablespace) {
        this.small = small;
        this.folder = folder;
        this.tablespace = tablespace;
        files.put("PG_VERSION", bytes("15\n"));
        files.put("postgresql.conf", bytes("# nothing\n"));
        files.put("base/5/PG_VERSION", bytes("15\n"));
        files.put(TABLE, noise(3 * (1 << 20) + 5 * PAGE, 1));
        files.put("base/5/2", new byte[(2 << 20) + PAGE]);
        files.put("base/5/3", new byte[0]);
        files.put("base/5/4", noise(100, 2));
        if (tablespace != null) {
            files.put("pg_tblspc/7/PG_15_202209061/5/9", noise(4 * PAGE, 3));
        }
        small.archive(1);
    }

    /// Changes one page of the table.
    void touch(int page) {
        byte[] table = file(TABLE);
        System.arraycopy(noise(PAGE, 100 + page), 0, table, page * PAGE, PAGE);
        files.put(TABLE, table);
    }

    byte[] file(String name) {
        return Objects.requireNonNull(files.get(name)).clone();
    }

    long bytes() {
        return label().length
                + files.values().stream().mapToLong(content -> content.length).sum();
    }

    /// Backs everything up, after the last backup.
    void backup(String id) {
        Instant at = AT.plusSeconds(60L * ++backups);
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, SmallRepository.SEGMENT, 8192, true),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST,
                        new Lsn(SmallRepository.SEGMENT + 40),
                        TimelineId.FIRST,
                        new Lsn(SmallRepository.SEGMENT + 400 + backups),
                        Optional.empty()),
                at,
                at,
                new BackupFacts.ControlFiles(
                        Optional.of(new FileContent(label())), Optional.empty(), new FileContent(control(SYSTEM))),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        try (BackupWriter writer = small.lineage()
                .newBackup(
                        new BackupId(id),
                        UUID.randomUUID(),
                        Optional.ofNullable(previous).map(BackupId::new),
                        Set.of(),
                        new BackupSettings(1, 3, folder))) {
            if (tablespace != null) {
                writer.tablespace(7, tablespace.toString());
            }
            DIRECTORIES.forEach(name -> writer.directory(new EntryPath(name), attributes(0700)));
            if (tablespace != null) {
                writer.symbolicLink(new EntryPath("pg_tblspc/7"), attributes(0777), tablespace.toString());
                writer.directory(new EntryPath("pg_tblspc/7/PG_15_202209061"), attributes(0700));
                writer.directory(new EntryPath("pg_tblspc/7/PG_15_202209061/5"), attributes(0700));
            }
            files.forEach((name, content) -> file(writer, name, content));
            file(writer, "backup_label", label());
            file(writer, "global/pg_control", control(SYSTEM));
            writer.finish(facts);
        }
        previous = id;
    }

    private static void file(BackupWriter writer, String name, byte[] content) {
        FileKind kind = name.equals(TABLE) ? FileKind.RELATION : FileKind.OTHER;
        writer.beginFile(new EntryPath(name), attributes(0600), kind, content.length);
        writer.write(content, 0, content.length);
        writer.endFile();
    }

    private static EntryAttributes attributes(int mode) {
        return new EntryAttributes(mode, 0, 0, "", "", AT);
    }

    /// Files only, over what is there.
    static Command.Restore over(Path directory, @Nullable String backup, Map<String, String> tablespaces) {
        return new Command.Restore(
                backup == null ? null : new BackupId(backup),
                new RecoveryTarget.Immediate(),
                null,
                "here",
                directory.toString(),
                tablespaces,
                false,
                true);
    }

    /// Fails where the directory is not the cluster as it is now, restored and complete: each byte, each name, each
    /// time.
    void assertRestored(Path directory) throws IOException {
        assertFiles(directory);
        assertThat(names(directory)).containsExactlyElementsOf(expected());
    }

    /// As [#assertRestored], with `pg_wal` on another path.
    void assertRestoredWithLinkedWal(Path directory) throws IOException {
        assertFiles(directory);
        Set<String> expected = expected();
        expected.removeIf(name -> name.startsWith("pg_wal/"));
        assertThat(names(directory)).containsExactlyElementsOf(expected);
    }

    private void assertFiles(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            assertThat(path).isRegularFile().hasBinaryContent(file.getValue());
            assertThat(Files.getLastModifiedTime(path).toInstant()).isEqualTo(AT);
            assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
        }
        assertThat(directory.resolve("backup_label")).hasBinaryContent(label());
        assertThat(directory.resolve("global/pg_control")).hasBinaryContent(control(SYSTEM));
        for (String name : DIRECTORIES.subList(0, 2)) {
            assertThat(directory.resolve(name)).isDirectory();
            assertThat(Files.getLastModifiedTime(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)
                            .toInstant())
                    .isEqualTo(AT);
        }
    }

    private Set<String> expected() {
        Set<String> expected = new TreeSet<>(files.keySet());
        expected.removeIf(name -> name.startsWith("pg_tblspc/"));
        expected.addAll(DIRECTORIES);
        expected.addAll(List.of("backup_label", "global/pg_control", "postgresql.auto.conf", "pg_wal/" + SEGMENT_1));
        if (tablespace != null) {
            expected.add("pg_tblspc/7");
        }
        return expected;
    }

    private static Set<String> names(Path directory) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.filter(path -> !path.equals(directory))
                    .forEach(path -> names.add(directory.relativize(path).toString()));
        }
        return names;
    }

    private static byte[] label() {
        return bytes("a label\n");
    }

    /// The least that is a control file of this cluster.
    static byte[] control(SystemIdentifier system) {
        byte[] file = new byte[ControlFile.FILE_SIZE];
        ByteBuffer fields = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        fields.putLong(0, system.value())
                .putInt(8, 1300)
                .putInt(16, 1)
                .putInt(48, 1)
                .putInt(52, 1);
        CRC32C crc = new CRC32C();
        crc.update(file, 0, 288);
        fields.putInt(288, (int) crc.getValue());
        return file;
    }

    static byte[] noise(int length, int seed) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
