package io.walkback.postgres.replication;

import static java.util.Objects.requireNonNull;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.postgres.page.PageChecksumVerifier;
import io.walkback.postgres.page.PageReport;
import io.walkback.postgres.page.RelationFile;
import io.walkback.postgres.tar.TarEntry;
import io.walkback.postgres.tar.TarReader;
import io.walkback.postgres.tar.TarSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Unpacks a base backup as plain as can be, tablespaces beside the data directory, and verifies its pages on the
/// way.
final class BackupToDirectory implements BaseBackupSink {
    final Map<String, PageReport> reports = new LinkedHashMap<>();
    final Map<String, TarEntry> links = new LinkedHashMap<>();
    final ByteArrayOutputStream manifest = new ByteArrayOutputStream();
    final Path data;
    BaseBackupStart start = new BaseBackupStart(Lsn.INVALID, TimelineId.FIRST, List.of(), -1);
    long progress;
    private final Path tablespaces;
    private @Nullable TarReader tar;

    BackupToDirectory(Path root) throws IOException {
        data = Files.createDirectory(
                root.resolve("restored"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        tablespaces = Files.createDirectory(root.resolve("tablespaces"));
    }

    @Override
    public void started(BaseBackupStart started) {
        start = started;
    }

    @Override
    public void archiveStarted(String name, String tablespace) {
        Path into = name.equals("base.tar") ? data : tablespace(name.substring(0, name.indexOf('.')));
        tar = new TarReader(name, new Unpacking(into));
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
        try {
            Files.write(data.resolve("backup_manifest"), manifest.toByteArray());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void progress(long bytes) {
        progress = bytes;
    }

    private Path tablespace(String oid) {
        try {
            return Files.createDirectories(tablespaces.resolve(oid));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class Unpacking implements TarSink {
        private final Path into;
        private final PageChecksumVerifier pages = new PageChecksumVerifier(start.start());
        private @Nullable TarEntry entry;
        private OutputStream file = OutputStream.nullOutputStream();
        private boolean relation;

        Unpacking(Path into) {
            this.into = into;
        }

        @Override
        public void entry(TarEntry begun) {
            entry = begun;
            Path path = into.resolve(begun.name());
            try {
                switch (begun.type()) {
                    case DIRECTORY -> Files.createDirectories(path);
                    case LINK -> {
                        links.put(begun.name(), begun);
                        Files.createSymbolicLink(
                                path, tablespace(path.getFileName().toString()));
                    }
                    case FILE -> {
                        file = Files.newOutputStream(path);
                        relation = RelationFile.parse(begun.name())
                                .map(found -> {
                                    pages.begin(found);
                                    return true;
                                })
                                .orElse(false);
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void data(byte[] buffer, int offset, int length) {
            try {
                file.write(buffer, offset, length);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            if (relation) {
                pages.accept(buffer, offset, length);
            }
        }

        @Override
        public void entryEnded() {
            TarEntry ended = requireNonNull(entry);
            if (ended.isFile()) {
                try {
                    file.close();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
                if (relation) {
                    reports.put(into.getFileName() + "/" + ended.name(), pages.finish());
                }
            }
        }
    }
}
