package io.walkback.restore;

import static java.util.Objects.requireNonNull;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.page.RelationFile;
import io.walkback.postgres.replication.BaseBackupEnd;
import io.walkback.postgres.replication.BaseBackupSink;
import io.walkback.postgres.replication.BaseBackupStart;
import io.walkback.postgres.replication.TablespaceInfo;
import io.walkback.postgres.tar.TarEntry;
import io.walkback.postgres.tar.TarReader;
import io.walkback.postgres.tar.TarSink;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.FileKind;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The shortest way from a base backup stream into a [BackupWriter].
final class BackupIntoRepository implements BaseBackupSink {
    private static final List<String> KEPT = List.of("backup_label", "tablespace_map", "global/pg_control");

    private final BackupWriter writer;
    private final ByteArrayOutputStream manifest = new ByteArrayOutputStream();
    private final Map<String, ByteArrayOutputStream> kept = new HashMap<>();
    private BaseBackupStart start = new BaseBackupStart(Lsn.INVALID, TimelineId.FIRST, List.of(), -1);
    private @Nullable TarReader tar;

    BackupIntoRepository(BackupWriter writer) {
        this.writer = writer;
    }

    BackupFacts facts(BaseBackupEnd end, int major, Instant startedAt, Instant completedAt) {
        return new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(major * 10_000, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(start.timeline(), end.start(), end.timeline(), end.stop(), Optional.empty()),
                startedAt,
                completedAt,
                new BackupFacts.ControlFiles(
                        content("backup_label"),
                        content("tablespace_map"),
                        content("global/pg_control").orElseThrow()),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
    }

    private Optional<FileContent> content(String name) {
        return Optional.ofNullable(kept.get(name)).map(bytes -> new FileContent(bytes.toByteArray()));
    }

    @Override
    public void started(BaseBackupStart started) {
        start = started;
        for (TablespaceInfo tablespace : started.tablespaces()) {
            writer.tablespace((int) tablespace.oid(), tablespace.location());
        }
    }

    @Override
    public void archiveStarted(String name, String tablespace) {
        String prefix = name.equals("base.tar") ? "" : "pg_tblspc/" + name.substring(0, name.indexOf('.')) + "/";
        tar = new TarReader(name, new Entries(prefix));
    }

    @Override
    public void archiveData(byte[] buffer, int offset, int length) {
        requireNonNull(tar).accept(buffer, offset, length);
    }

    @Override
    public void archiveEnded() {
        requireNonNull(tar).finish();
    }

    @Override
    public void manifestStarted() {}

    @Override
    public void manifestData(byte[] buffer, int offset, int length) {
        manifest.write(buffer, offset, length);
    }

    @Override
    public void manifestEnded() {
        byte[] bytes = manifest.toByteArray();
        EntryAttributes attributes = new EntryAttributes(0600, 0, 0, "", "", Instant.EPOCH);
        writer.beginFile(new EntryPath("backup_manifest"), attributes, FileKind.SERVER_MANIFEST, bytes.length);
        writer.write(bytes, 0, bytes.length);
        writer.endFile();
    }

    private final class Entries implements TarSink {
        private final String prefix;
        private @Nullable ByteArrayOutputStream copy;
        private boolean file;

        Entries(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public void entry(TarEntry entry) {
            EntryPath path = new EntryPath(prefix + entry.name());
            EntryAttributes attributes =
                    new EntryAttributes(entry.mode(), entry.owner(), entry.group(), "", "", entry.modified());
            file = entry.isFile();
            copy = null;
            switch (entry.type()) {
                case DIRECTORY -> writer.directory(path, attributes);
                case LINK -> writer.symbolicLink(path, attributes, entry.linkTarget());
                case FILE -> {
                    FileKind kind = RelationFile.parse(entry.name()).isPresent() ? FileKind.RELATION : FileKind.OTHER;
                    if (KEPT.contains(path.value())) {
                        copy = new ByteArrayOutputStream();
                        kept.put(path.value(), copy);
                    }
                    writer.beginFile(path, attributes, kind, entry.size());
                }
            }
        }

        @Override
        public void data(byte[] buffer, int offset, int length) {
            writer.write(buffer, offset, length);
            if (copy != null) {
                copy.write(buffer, offset, length);
            }
        }

        @Override
        public void entryEnded() {
            if (file) {
                writer.endFile();
            }
        }
    }
}
