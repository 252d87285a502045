package io.walkback.restore.dump;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.Text;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.Syncing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One logical backup as files below a directory. For one thread.
public final class DumpFiles {
    private static final FileAttribute<Set<PosixFilePermission>> OWN_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWN_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final LineageRepository lineage;
    private final BackupSummary summary;
    private final BackupFacts.Dump dump;

    private DumpFiles(LineageRepository lineage, BackupSummary summary, BackupFacts.Dump dump) {
        this.lineage = lineage;
        this.summary = summary;
        this.dump = dump;
    }

    /// A committed logical backup, in whichever lineage of the database it is; empty for a physical one, and where
    /// there is none of this id.
    public static Optional<DumpFiles> find(Repository repository, DatabaseId database, BackupId backup) {
        for (SystemIdentifier system : repository.systems(database)) {
            Optional<LineageRepository> lineage = repository.find(database, system);
            Optional<BackupSummary> summary = lineage.flatMap(found -> found.findBackup(backup));
            if (lineage.isPresent() && summary.isPresent()) {
                return summary.get().facts().dump().map(dump -> new DumpFiles(lineage.get(), summary.get(), dump));
            }
        }
        return Optional.empty();
    }

    public BackupSummary summary() {
        return summary;
    }

    public BackupFacts.Dump dump() {
        return dump;
    }

    /// The archive of a dbname. `REQUEST_INVALID` for one that the backup does not have, and where it has several and
    /// none is named.
    ///
    /// @param dbname null: the only one
    BackupFacts.DumpedDbname archive(@Nullable String dbname) {
        List<BackupFacts.DumpedDbname> found = dump.dbnames().stream()
                .filter(dumped -> dbname == null || dumped.name().equals(dbname))
                .toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new OperatorActionException(
                FailureCode.REQUEST_INVALID,
                (dbname == null
                                ? "backup '" + summary.id() + "' has "
                                        + dump.dbnames().size() + " dbnames, and none is named"
                                : "backup '" + summary.id() + "' has no dbname '" + Text.printable(dbname, 63) + "'")
                        + "; it has "
                        + Text.printable(
                                dump.dbnames().stream()
                                        .map(BackupFacts.DumpedDbname::name)
                                        .toList()
                                        .toString(),
                                1000),
                "Name one of them with --dbname.");
    }

    /// Its archives and globals, to be read one at a time; every pack is known to be there. The caller closes it.
    DumpReader open() {
        return DumpReader.open(lineage, summary.id());
    }

    /// Writes every file, readable by this account only. `TARGET_NOT_EMPTY` unless the directory is absent or
    /// empty,
    /// `TARGET_SPACE` where it does not fit; damage names the object, and what is not whole ends in `.incomplete`.
    public void write(Path directory, RestoreProgress progress) throws InterruptedException {
        long total = summary.statistics().bytes();
        long written = 0;
        try (BackupReader reader = lineage.openBackup(summary.id());
                EntryStream entries = reader.entries()) {
            reader.requireComplete();
            claim(directory, total);
            while (entries.hasNext()) {
                if (entries.next() instanceof ManifestEntry.File file) {
                    progress.at("writing", written, total, null);
                    write(reader, file, directory.resolve(file.path().value()));
                    written += file.size();
                }
            }
        }
        Syncing.sync(List.of(directory));
        progress.at("writing", written, total, null);
    }

    private static void claim(Path directory, long bytes) {
        try {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                requireEmpty(directory);
            } else {
                Files.createDirectory(directory, OWN_DIRECTORY);
            }
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < bytes) {
                throw new OperatorActionException(
                        FailureCode.TARGET_SPACE,
                        "'" + directory + "' has " + free + " bytes free, and the dump takes " + bytes,
                        "Make space or choose another filesystem; nothing was written.");
            }
        } catch (IOException failure) {
            throw FileFailures.of("prepare", directory, failure);
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        Optional<Path> first = Optional.empty();
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> entries = Files.list(directory)) {
                first = entries.findFirst();
            }
            if (first.isEmpty()) {
                return;
            }
        }
        throw new OperatorActionException(
                FailureCode.TARGET_NOT_EMPTY,
                "'" + directory + "' "
                        + first.map(entry -> "is not empty, it holds '" + entry.getFileName() + "'")
                                .orElse("is no directory"),
                "Name a directory that is absent or empty.");
    }

    private static void write(BackupReader reader, ManifestEntry.File file, Path target) {
        Path half = target.resolveSibling(target.getFileName() + ".incomplete");
        try {
            Path folder = target.getParent();
            if (folder != null && Files.notExists(folder)) {
                Files.createDirectories(folder, OWN_DIRECTORY);
            }
            Set<StandardOpenOption> create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(half, create, OWN_FILE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                reader.copyTo(file, out);
                channel.force(true);
            }
            Files.move(half, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write", half, failure);
        }
    }
}
