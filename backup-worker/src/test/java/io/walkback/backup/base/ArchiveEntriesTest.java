package io.walkback.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.tar.TarEntry;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.FileKind;
import io.walkback.repository.manifest.ManifestEntry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveEntriesTest {
    private static final Instant AT = Instant.parse("2026-05-01T02:00:00Z");
    private static final BackupId BACKUP = new BackupId("b1");

    @TempDir
    Path directory;

    private static TarEntry entry(String name, TarEntry.Type type, long size, String link) {
        return new TarEntry(name, type, size, 0640, 26, 27, AT, link);
    }

    private static void feed(ArchiveEntries entries, TarEntry entry, byte[] content) {
        entries.entry(entry);
        if (entry.isFile()) {
            entries.data(content, 0, content.length);
        }
        entries.entryEnded();
    }

    @Test
    void filesKeepTheirKindTheirModeAndTheirPlace() {
        try (Repository repository =
                Repository.init(BlobStores.create(directory.resolve("r").toUri()), Clock.systemUTC())) {
            LineageRepository lineage = repository.forWriting(
                    new DatabaseId("shop"), new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192));
            ControlCopies copies = new ControlCopies();
            Map<String, String> links = Map.of("pg_tblspc/16390", "/fast");
            // When
            try (BackupWriter writer = lineage.newBackup(
                    BACKUP, UUID.randomUUID(), Optional.empty(), Set.of(), new BackupSettings(1, 3, directory))) {
                ArchiveEntries space = new ArchiveEntries("pg_tblspc/16390/", links, writer, copies, null);
                feed(space, entry("PG_15_202209061/5/16385", TarEntry.Type.FILE, 8192, ""), new byte[8192]);
                ArchiveEntries base = new ArchiveEntries("", links, writer, copies, null);
                feed(base, entry("base", TarEntry.Type.DIRECTORY, 0, ""), new byte[0]);
                feed(base, entry("backup_label", TarEntry.Type.FILE, 3, ""), new byte[] {1, 2, 3});
                base.entry(entry("pg_tblspc/16390", TarEntry.Type.LINK, 0, "/fast"));
                base.entryEnded();
                feed(base, entry("global/pg_control", TarEntry.Type.FILE, 2, ""), new byte[] {4, 5});
                // Then
                assertThatThrownBy(() -> base.entry(entry("pg_wal", TarEntry.Type.LINK, 0, "/elsewhere")))
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining("pg_wal");
                assertThatThrownBy(() -> base.entry(entry("pg_tblspc/16390", TarEntry.Type.LINK, 0, "/slow")))
                        .isInstanceOf(CorruptDataException.class);
                writer.finish(new BackupFacts(
                        BackupOrigin.SERVER,
                        new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                        new BackupFacts.WalSpan(
                                TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                        AT,
                        AT,
                        new BackupFacts.ControlFiles(
                                copies.find(ControlCopies.LABEL),
                                Optional.empty(),
                                copies.require(ControlCopies.PG_CONTROL)),
                        BackupFacts.PageFindings.NONE,
                        BackupFacts.Environment.UNKNOWN,
                        "test"));
            }
            List<ManifestEntry> written = new ArrayList<>();
            try (BackupReader reader = lineage.openBackup(BACKUP)) {
                reader.entries().forEachRemaining(written::add);
            }
            assertThat(written).hasSize(4);
            ManifestEntry.File relation = (ManifestEntry.File) written.getFirst();
            assertThat(relation.path().value()).isEqualTo("pg_tblspc/16390/PG_15_202209061/5/16385");
            assertThat(relation.kind()).isEqualTo(FileKind.RELATION);
            assertThat(relation.attributes().mode()).isEqualTo(0640);
            assertThat(relation.attributes().uid()).isEqualTo(26);
            assertThat(((ManifestEntry.File) written.get(2)).kind()).isEqualTo(FileKind.OTHER);
        }
    }
}
