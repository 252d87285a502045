package io.walkback.restore.dump;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;

/// The files of one logical backup as streams. Each byte is checked before it comes out (P3). Holds some 100 bytes
/// for each MiB of archives.
final class DumpReader implements AutoCloseable {
    private final BackupReader reader;
    private final Map<EntryPath, ManifestEntry.File> files = new HashMap<>();

    private DumpReader(BackupReader reader) {
        this.reader = reader;
    }

    static DumpReader open(LineageRepository lineage, BackupId backup) {
        DumpReader dump = new DumpReader(lineage.openBackup(backup));
        try (EntryStream entries = dump.reader.entries()) {
            dump.reader.requireComplete();
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    dump.files.put(file.path(), file);
                }
            }
            return dump;
        } catch (RuntimeException failed) {
            dump.close();
            throw failed;
        }
    }

    long size(EntryPath path) {
        return file(path).size();
    }

    /// All bytes of a file, or an exception; `IOException` is `out`'s own.
    void copy(EntryPath path, OutputStream out) throws IOException {
        reader.copyTo(file(path), out);
    }

    /// A file that fits into memory.
    byte[] bytes(EntryPath path, int most) {
        ManifestEntry.File file = file(path);
        if (file.size() > most) {
            throw new OperatorActionException(
                    FailureCode.NOT_SUPPORTED,
                    "'" + path.value() + "' of backup '" + reader.summary().id() + "' has " + file.size()
                            + " bytes, more than " + most,
                    "Take the files out with --to, and use PostgreSQL's own programs.");
        }
        return reader.read(file, 0, (int) file.size());
    }

    private ManifestEntry.File file(EntryPath path) {
        ManifestEntry.File file = files.get(path);
        if (file == null) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "the manifest of backup '" + reader.summary().id() + "' names '" + path.value()
                            + "' and has no such file",
                    "Run 'walkback backup verify', and restore another backup.");
        }
        return file;
    }

    @Override
    public void close() {
        reader.close();
    }
}
