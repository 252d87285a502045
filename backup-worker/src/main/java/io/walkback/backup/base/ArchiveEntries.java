package io.walkback.backup.base;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.postgres.page.RelationFile;
import io.walkback.postgres.tar.TarEntry;
import io.walkback.postgres.tar.TarSink;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileKind;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Passes the entries of one archive on: relation files as pages, everything else as it is, and nothing that would
/// lead out of the data directory. For one thread.
///
/// The link of a tablespace is not an entry of the backup: the tablespace itself is, with the place that it had.
final class ArchiveEntries implements TarSink {
    private final String prefix;
    private final Map<String, String> links;
    private final BackupWriter writer;
    private final ControlCopies copies;
    private final @Nullable PageAudit audit;
    private boolean file;

    /// @param prefix before each name: empty, or `pg_tblspc/<oid>/`
    /// @param links  where the link of each tablespace must point, by path
    /// @param audit  null where the cluster has no page checksums
    ArchiveEntries(
            String prefix,
            Map<String, String> links,
            BackupWriter writer,
            ControlCopies copies,
            @Nullable PageAudit audit) {
        this.prefix = prefix;
        this.links = links;
        this.writer = writer;
        this.copies = copies;
        this.audit = audit;
    }

    @Override
    public void entry(TarEntry entry) {
        String path = prefix + entry.name();
        file = entry.isFile();
        switch (entry.type()) {
            case DIRECTORY -> writer.directory(new EntryPath(path), attributes(entry));
            case LINK -> requireTablespace(path, entry.linkTarget());
            case FILE -> begin(path, entry);
        }
    }

    private void begin(String path, TarEntry entry) {
        Optional<RelationFile> relation = RelationFile.parse(path);
        copies.begin(path, entry.size());
        if (audit != null && relation.isPresent()) {
            audit.begin(path, relation.get());
        }
        writer.beginFile(
                new EntryPath(path),
                attributes(entry),
                relation.isPresent() ? FileKind.RELATION : FileKind.OTHER,
                entry.size());
    }

    @Override
    public void data(byte[] buffer, int offset, int length) {
        writer.write(buffer, offset, length);
        copies.accept(buffer, offset, length);
        if (audit != null) {
            audit.accept(buffer, offset, length);
        }
    }

    @Override
    public void entryEnded() {
        if (file) {
            writer.endFile();
            copies.end();
            if (audit != null) {
                audit.end();
            }
        }
    }

    private void requireTablespace(String path, String target) {
        if (!target.equals(links.get(path))) {
            throw new CorruptDataException(
                    FailureCode.POSTGRES_PROTOCOL,
                    "link '" + Text.printable(path, 200) + "' to '" + Text.printable(target, 200)
                            + "' is of no tablespace that the server has named",
                    "Walkback backs up no other links: see who made it in the data directory.");
        }
    }

    static EntryAttributes attributes(TarEntry entry) {
        return new EntryAttributes(entry.mode() & 07777, entry.owner(), entry.group(), "", "", entry.modified());
    }
}
