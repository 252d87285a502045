package io.walkback.restore.fetch;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.Text;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryStream;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Writes the files of one backup. Directories are made as the manifest names them, files are written by a bounded
/// number of threads, and whatever fails stops everything.
///
/// Each byte was checked by [BackupReader] before it is written. Modes and times are the manifest's; the owner is
/// the account that will run the server, since numbers of the source's host mean nothing here.
public final class FileFetch {
    /// Files written at once. Each takes some 600 KiB; more than two a core does not help a local store, and hides
    /// the latency of a remote one well enough.
    private static final int IN_FLIGHT = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 16);

    private static final String CONTROL = "global/pg_control";

    private final RestorePlan plan;
    private final BackupReader backup;
    private final Optional<ServerAccount> account;
    private final RestoreProgress progress;
    private final Map<String, TablespacePlan> tablespaces = new HashMap<>();
    private final AtomicLong written = new AtomicLong();
    private final List<Dated> directories = new ArrayList<>();
    private ManifestEntry.@Nullable File control;

    private record Dated(Path path, EntryAttributes attributes) {}

    public FileFetch(RestorePlan plan, BackupReader backup, Optional<ServerAccount> account, RestoreProgress progress) {
        this.plan = plan;
        this.backup = backup;
        this.account = account;
        this.progress = progress;
        plan.tablespaces().forEach(tablespace -> tablespaces.put(tablespace.name(), tablespace));
    }

    /// Writes everything but `pg_control`. The directories are claimed.
    ///
    /// @return plain bytes written
    public long run() throws InterruptedException {
        try (BoundedScope files = new BoundedScope(IN_FLIGHT);
                EntryStream entries = backup.entries()) {
            while (entries.hasNext()) {
                entry(entries.next(), files);
            }
            files.join();
        }
        compare("backup_label", backup.summary().facts().controlFiles().backupLabel());
        compare("tablespace_map", tablespaceMap());
        // Files that were created since have changed the times of their directories.
        for (Dated directory : directories.reversed()) {
            finish(directory.path(), directory.attributes());
        }
        return written.get();
    }

    /// Puts `pg_control` where it belongs, under another name first. Everything else must be on disk by now.
    public void placeControlFile() {
        if (control == null) {
            throw damaged("has no " + CONTROL);
        }
        Path place = plan.directory().resolve(CONTROL);
        Path half = place.resolveSibling("pg_control.walkback");
        write(control, half);
        BackupFacts.ControlFiles facts = backup.summary().facts().controlFiles();
        try {
            if (!new FileContent(Files.readAllBytes(half)).equals(facts.pgControl())) {
                throw damaged("has two different pg_control");
            }
            try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(half, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write", place, failure);
        }
    }

    private void entry(ManifestEntry entry, BoundedScope files) throws InterruptedException {
        switch (entry) {
            case ManifestEntry.Tablespace _ -> {}
            case ManifestEntry.Directory directory -> directory(directory);
            case ManifestEntry.SymbolicLink link -> link(link);
            case ManifestEntry.File file -> {
                if (file.path().value().equals(CONTROL)) {
                    control = file;
                } else if (!file.path().value().startsWith("pg_wal/") && !isMovedMap(file)) {
                    files.fork(() -> write(file, place(file.path().value())));
                }
            }
        }
    }

    private void directory(ManifestEntry.Directory directory) {
        Path path = place(directory.path().value());
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            directories.add(new Dated(path, directory.attributes()));
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    /// The only links of a data directory are those to its tablespaces; another one could lead a file out of it
    /// (F54).
    private void link(ManifestEntry.SymbolicLink link) {
        String name = link.path().value();
        TablespacePlan tablespace =
                name.startsWith("pg_tblspc/") ? tablespaces.get(name.substring("pg_tblspc/".length())) : null;
        if (tablespace == null) {
            throw damaged("has a symbolic link '" + Text.printable(name, 200) + "' that is no tablespace's");
        }
        Path path = plan.directory().resolve(name);
        try {
            Files.createSymbolicLink(path, tablespace.to());
            own(path);
        } catch (IOException failure) {
            throw FileFailures.of("create", path, failure);
        }
    }

    private Path place(String name) {
        String[] parts = name.split("/", 3);
        if (parts.length >= 2 && parts[0].equals("pg_tblspc")) {
            TablespacePlan tablespace = tablespaces.get(parts[1]);
            if (tablespace != null) {
                return parts.length == 2 ? tablespace.to() : tablespace.to().resolve(parts[2]);
            }
        }
        return plan.directory().resolve(name);
    }

    private void write(ManifestEntry.File file, Path path) {
        try (FileChannel channel = FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream out = Channels.newOutputStream(channel)) {
            backup.copyTo(file, out);
            KillPoint.at(KillPoint.RESTORE_MID_FETCH);
        } catch (IOException failure) {
            throw FileFailures.of("write", path, failure);
        }
        finish(path, file.attributes());
        progress.at("fetching", written.addAndGet(file.size()), plan.bytes(), null);
    }

    private void finish(Path path, EntryAttributes attributes) {
        try {
            Files.setPosixFilePermissions(path, permissions(attributes.mode()));
            own(path);
            Files.setLastModifiedTime(path, FileTime.from(attributes.modifiedAt()));
        } catch (IOException failure) {
            throw FileFailures.of("set owner, mode and time of", path, failure);
        }
    }

    private void own(Path path) throws IOException {
        if (account.isPresent()) {
            Files.setAttribute(path, "unix:uid", account.get().uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", account.get().gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// Never wider than the manifest says, and never anything for others.
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] highestFirst = {
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE
        };
        for (int bit = 0; bit < highestFirst.length; bit++) {
            if ((mode & 0400 >> bit) != 0) {
                permissions.add(highestFirst[bit]);
            }
        }
        return permissions;
    }

    /// A `tablespace_map` makes the server put its links back to where they were. With tablespaces mapped
    /// elsewhere the links that are here already stand alone, as they do after a plain `pg_basebackup`.
    private boolean isMovedMap(ManifestEntry.File file) {
        return file.path().value().equals("tablespace_map") && isMapped();
    }

    private boolean isMapped() {
        return plan.tablespaces().stream()
                .anyMatch(
                        tablespace -> !tablespace.from().equals(tablespace.to().toString()));
    }

    private Optional<FileContent> tablespaceMap() {
        return isMapped()
                ? Optional.empty()
                : backup.summary().facts().controlFiles().tablespaceMap();
    }

    private void compare(String name, Optional<FileContent> expected) {
        Path path = plan.directory().resolve(name);
        try {
            Optional<FileContent> found =
                    Files.exists(path) ? Optional.of(new FileContent(Files.readAllBytes(path))) : Optional.empty();
            if (!found.equals(expected)) {
                throw damaged("has two different " + name);
            }
        } catch (IOException failure) {
            throw FileFailures.of("read", path, failure);
        }
    }

    private CorruptDataException damaged(String what) {
        return new CorruptDataException(
                FailureCode.OBJECT_CORRUPT,
                "manifest '" + backup.summary().manifest() + "' " + what,
                "Use another backup, and verify this one.");
    }
}
