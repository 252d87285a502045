package io.walkback.restore;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// A repository with backups that no server could start and that can be restored as files: a label, a control file,
/// and the one segment of WAL that makes them consistent.
public final class SmallRepository implements AutoCloseable {
    public static final DatabaseId SHOP = new DatabaseId("shop");
    public static final String CONTROL = "control";

    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    public static final int SEGMENT = 1 << 20;

    private final Path folder;
    public final Repository repository;

    private SmallRepository(Path folder) {
        this.folder = folder;
        this.repository = Repository.init(BlobStores.create(url(folder)), Clock.systemUTC());
    }

    public static SmallRepository in(Path folder) {
        return new SmallRepository(folder);
    }

    public static URI url(Path folder) {
        return folder.resolve("repository").toUri();
    }

    public LineageRepository lineage() {
        return repository.forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(SEGMENT, 8192));
    }

    /// A backup in segment 1 of timeline 1, and that segment.
    public void commit(String id, int minutesLater) {
        archive(1);
        commit(id, minutesLater, 1, "");
    }

    /// A segment of timeline 1; it holds no records.
    public void archive(long number) {
        lineage()
                .wal()
                .putSegment(
                        new WalSegment(TimelineId.FIRST, number, SEGMENT),
                        new ByteArrayInputStream(new byte[SEGMENT]),
                        Optional.empty());
    }

    /// @param segment start and stop lie in it, 40 and at least 400 bytes after its start
    /// @param tablespace where the source has its tablespace 7, empty for none
    public void commit(String id, int minutesLater, long segment, String tablespace) {
        byte[] control = CONTROL.getBytes(StandardCharsets.UTF_8);
        byte[] label = ("label of " + id).getBytes(StandardCharsets.UTF_8);
        Instant at = AT.plusSeconds(60L * minutesLater);
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, SEGMENT, 8192, true),
                new BackupFacts.WalSpan(
                        TimelineId.FIRST,
                        new Lsn(segment * SEGMENT + 40),
                        TimelineId.FIRST,
                        new Lsn(segment * SEGMENT + 400 + minutesLater),
                        Optional.empty()),
                at,
                at,
                new BackupFacts.ControlFiles(
                        Optional.of(new FileContent(label)), Optional.empty(), new FileContent(control)),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        try (BackupWriter writer = lineage()
                .newBackup(
                        new BackupId(id),
                        UUID.randomUUID(),
                        Optional.empty(),
                        Set.of(),
                        new BackupSettings(1, 3, folder))) {
            if (!tablespace.isEmpty()) {
                writer.tablespace(7, tablespace);
            }
            writer.directory(new EntryPath("global"), attributes(0700));
            writer.directory(new EntryPath("pg_wal"), attributes(0700));
            file(writer, "backup_label", label);
            file(writer, "global/pg_control", control);
            writer.finish(facts);
        }
    }

    /// A logical backup, taken while the log was in segment 1: globals, and an archive of 3 000 000 bytes.
    public void dump(String id, int minutesLater) {
        Instant at = AT.plusSeconds(60L * minutesLater);
        EntryPath globals = new EntryPath("globals.sql");
        EntryPath archive = new EntryPath("dbnames/5.dump");
        Lsn lsn = new Lsn(SEGMENT + 500L + minutesLater);
        BackupFacts facts = new BackupFacts(
                BackupOrigin.DUMP,
                new BackupFacts.Server(150_019, SEGMENT, 8192, true),
                new BackupFacts.WalSpan(TimelineId.FIRST, lsn, TimelineId.FIRST, lsn, Optional.empty()),
                at,
                at,
                BackupFacts.ControlFiles.NONE,
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test",
                Optional.of(new BackupFacts.Dump(
                        "pg_dump 15", globals, true, List.of(new BackupFacts.DumpedDbname("shop", 5, archive, at)))));
        try (BackupWriter writer = lineage()
                .newBackup(
                        new BackupId(id),
                        UUID.randomUUID(),
                        Optional.empty(),
                        Set.of(),
                        new BackupSettings(1, 3, folder))) {
            writer.beginStream(globals, attributes(0600));
            writer.write(new byte[] {'-', '-'}, 0, 2);
            writer.endFile();
            byte[] noise = new byte[3_000_000];
            new Random(1).nextBytes(noise);
            writer.beginStream(archive, attributes(0600));
            writer.write(noise, 0, noise.length);
            writer.endFile();
            writer.finish(facts);
        }
    }

    private static void file(BackupWriter writer, String name, byte[] content) {
        writer.beginFile(new EntryPath(name), attributes(0600), FileKind.OTHER, content.length);
        writer.write(content, 0, content.length);
        writer.endFile();
    }

    private static EntryAttributes attributes(int mode) {
        return new EntryAttributes(mode, 0, 0, "", "", AT);
    }

    @Override
    public void close() {
        repository.close();
    }
}
