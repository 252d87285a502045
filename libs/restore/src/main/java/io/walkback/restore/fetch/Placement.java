package io.walkback.restore.fetch;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Text;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.backup.BackupReader;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.EntryAttributes;
import io.walkback.repository.manifest.EntryPath;
import io.walkback.repository.manifest.FileContent;
import io.walkback.repository.manifest.ManifestEntry;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the entries of one backup belong in the directories of a restore, which of them are wanted, and whose they
/// are then. Thread-safe.
final class Placement {
    private static final String CONTROL = "global/pg_control";

    private final RestorePlan plan;
    private final BackupReader backup;
    private final Optional<ServerAccount> account;
    private final Map<String, TablespacePlan> tablespaces = new HashMap<>();

    Placement(RestorePlan plan, BackupReader backup, Optional<ServerAccount> account) {
        this.plan = plan;
        this.backup = backup;
        this.account = account;
        plan.tablespaces().forEach(tablespace -> tablespaces.put(tablespace.name(), tablespace));
    }

    static boolean isControlFile(ManifestEntry.File file) {
        return file.path().value().equals(CONTROL);
    }

    /// Whether the file is written with the others: `pg_wal` starts empty, and `pg_control` comes last.
    ///
    /// A `tablespace_map` makes the server put its links back to where they were. With tablespaces mapped
    /// elsewhere the links that are here already stand alone, as they do after a plain `pg_basebackup`.
    boolean isWanted(ManifestEntry.File file) {
        String name = file.path().value();
        return !name.startsWith("pg_wal/")
                && !isControlFile(file)
                && !(name.equals("tablespace_map") && areTablespacesMoved());
    }

    /// The path of a file or directory: inside the data directory or inside a tablespace's.
    Path of(EntryPath path) {
        String name = path.value();
        String[] parts = name.split("/", 3);
        if (parts.length >= 2 && parts[0].equals("pg_tblspc")) {
            TablespacePlan tablespace = tablespaces.get(parts[1]);
            if (tablespace != null) {
                return parts.length == 2 ? tablespace.to() : tablespace.to().resolve(parts[2]);
            }
        }
        return plan.directory().resolve(name);
    }

    Path of(ManifestEntry.SymbolicLink link) {
        return plan.directory().resolve(link.path().value());
    }

    /// Where a link leads. The only links of a data directory are those to its tablespaces; another one could lead
    /// a file out of it (F54).
    Path target(ManifestEntry.SymbolicLink link) {
        String name = link.path().value();
        TablespacePlan tablespace =
                name.startsWith("pg_tblspc/") ? tablespaces.get(name.substring("pg_tblspc/".length())) : null;
        if (tablespace == null) {
            throw damaged("has a symbolic link '" + Text.printable(name, 200) + "' that is no tablespace's");
        }
        return tablespace.to();
    }

    /// Sets mode, owner and time.
    void finish(Path path, EntryAttributes attributes) {
        try {
            Files.setPosixFilePermissions(path, permissions(attributes.mode()));
            own(path);
            Files.setLastModifiedTime(path, FileTime.from(attributes.modifiedAt()));
        } catch (IOException failure) {
            throw FileFailures.of("set owner, mode and time of", path, failure);
        }
    }

    /// As [#finish], and touches nothing that is right already.
    void settle(Path path, EntryAttributes attributes) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            boolean right = found.get("mode") instanceof Integer mode
                    && (mode & 07777) == (attributes.mode() & 0770)
                    && account.map(user -> Integer.valueOf(user.uid()).equals(found.get("uid"))
                                    && Integer.valueOf(user.gid()).equals(found.get("gid")))
                            .orElse(true)
                    && FileTime.from(attributes.modifiedAt()).equals(found.get("lastModifiedTime"));
            if (!right) {
                finish(path, attributes);
            }
        } catch (IOException failure) {
            throw FileFailures.of("read the attributes of", path, failure);
        }
    }

    void own(Path path) throws IOException {
        if (account.isPresent()) {
            Files.setAttribute(path, "unix:uid", account.get().uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", account.get().gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// Fails where the two copies of a label, in the files and in the facts, are not the same.
    void compareLabels() {
        BackupFacts.ControlFiles facts = backup.summary().facts().controlFiles();
        compare("backup_label", facts.backupLabel());
        compare("tablespace_map", areTablespacesMoved() ? Optional.empty() : facts.tablespaceMap());
    }

    /// Puts `pg_control` where it belongs, under another name first. Everything else must be on disk by now.
    ///
    /// @param control null where the manifest had none, which is damage
    void putControlFile(ManifestEntry.@Nullable File control) {
        if (control == null) {
            throw damaged("has no " + CONTROL);
        }
        Path place = plan.directory().resolve(CONTROL);
        Path half = place.resolveSibling("pg_control.walkback");
        byte[] content = backup.read(control, 0, Math.toIntExact(control.size()));
        if (!new FileContent(content)
                .equals(backup.summary().facts().controlFiles().pgControl())) {
            throw damaged("has two different pg_control");
        }
        try {
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(half, content);
            finish(half, control.attributes());
            try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(half, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write", place, failure);
        }
    }

    /// Never wider than the manifest says, and never anything for others.
    static Set<PosixFilePermission> permissions(int mode) {
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

    CorruptDataException damaged(String what) {
        return new CorruptDataException(
                FailureCode.OBJECT_CORRUPT,
                "manifest '" + backup.summary().manifest() + "' " + what,
                "Use another backup, and verify this one.");
    }

    private boolean areTablespacesMoved() {
        return plan.tablespaces().stream()
                .anyMatch(
                        tablespace -> !tablespace.from().equals(tablespace.to().toString()));
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
}
