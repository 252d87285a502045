package io.walkback.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walkback.domain.BackupId;
import io.walkback.domain.WalSegment;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.repository.wal.SegmentRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Writes a backup back as plain as can be, and its WAL beside it, and lets PostgreSQL's own tools judge.
public final class RestoredCopy {
    public final Path data;
    public final Path wal;
    private final Path tablespaces;

    private RestoredCopy(Path root) throws IOException {
        data = Files.createDirectory(
                root.resolve("restored"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        wal = Files.createDirectories(root.resolve("restored-wal"));
        tablespaces = Files.createDirectories(root.resolve("restored-tablespaces"));
    }

    public static RestoredCopy of(LineageRepository lineage, BackupId backup, Path root) throws IOException {
        RestoredCopy copy = new RestoredCopy(root);
        try (BackupReader reader = lineage.openBackup(backup);
                EntryStream entries = reader.entries()) {
            while (entries.hasNext()) {
                switch (entries.next()) {
                    case ManifestEntry.Directory directory ->
                        Files.createDirectories(
                                copy.data.resolve(directory.path().value()));
                    case ManifestEntry.Tablespace tablespace -> {
                        Path place = Files.createDirectories(
                                copy.tablespaces.resolve(Integer.toUnsignedString(tablespace.oid())));
                        Path link = copy.data.resolve("pg_tblspc/" + Integer.toUnsignedString(tablespace.oid()));
                        Files.createDirectories(link.getParent());
                        Files.createSymbolicLink(link, place);
                    }
                    case ManifestEntry.SymbolicLink link -> throw new AssertionError("a link: " + link);
                    case ManifestEntry.File file -> {
                        try (OutputStream out = Files.newOutputStream(
                                copy.data.resolve(file.path().value()))) {
                            reader.copyTo(file, out);
                        }
                    }
                }
            }
        }
        copy.wal(lineage);
        return copy;
    }

    private void wal(LineageRepository lineage) throws IOException {
        List<io.walkback.domain.TimelineId> timelines =
                new ArrayList<>(lineage.wal().histories());
        for (io.walkback.domain.TimelineId timeline : timelines) {
            try (InputStream in =
                    lineage.wal().findHistory(timeline).orElseThrow().open()) {
                Files.copy(in, wal.resolve(timeline.historyFileName()));
            }
        }
        timelines.addFirst(io.walkback.domain.TimelineId.FIRST);
        for (io.walkback.domain.TimelineId timeline : timelines) {
            for (SegmentRange range : lineage.wal().ranges(timeline)) {
                for (WalSegment segment = range.first();
                        segment.compareTo(range.last()) <= 0;
                        segment = segment.next()) {
                    try (InputStream in =
                            lineage.wal().findSegment(segment).orElseThrow().open()) {
                        Files.copy(in, wal.resolve(segment.fileName()));
                    }
                }
            }
        }
    }

    /// Makes the next start recover from the archive to its end and open a new timeline.
    public void recoverToTheEnd() throws IOException {
        recoverToTheEndOf("latest");
    }

    /// @param timeline as `recovery_target_timeline` takes it
    public void recoverToTheEndOf(String timeline) throws IOException {
        Files.createFile(data.resolve("recovery.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "restore_command = 'cp \"" + wal + "/%f\" \"%p\"'\nrecovery_target_timeline = '" + timeline + "'\n");
    }

    /// What `pg_verifybackup` of PostgreSQL 15 says. Skips where it is not installed, which in CI is a failure.
    public void mustPassPgVerifybackup() throws IOException, InterruptedException {
        Path tool = PostgresPrograms.installed(15)
                .map(programs -> programs.bin().resolve("pg_verifybackup"))
                .filter(Files::isExecutable)
                .orElse(null);
        if (tool == null) {
            assertThat(System.getenv("CI")).as("pg_verifybackup in CI").isNotEqualTo("true");
            assumeTrue(false, "pg_verifybackup of PostgreSQL 15 is not installed");
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(tool.toString(), "--no-parse-wal", data.toString());
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
