package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.plan.PlannedRestore.Room;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The directories that one restore writes: checked, claimed with a marker, wiped again.
///
/// A directory is ours when it is absent, empty, or holds the marker of this very operation. The directory itself
/// is never removed: it may be a mount point (pitfall 47), and then its `lost+found` is neither counted nor
/// touched.
public final class TargetDirectories implements RestoreTargets {
    /// In each directory that is written, from before the first file until the restore is complete.
    public static final String MARKER = "walkback.incomplete";

    /// What mkfs leaves in the root of a filesystem: nobody's data, root's own, and what the next fsck needs.
    static final String LOST_AND_FOUND = "lost+found";

    /// Two segments of WAL and a little: what is needed besides the files, whatever the cluster's size.
    private static final long MARGIN = 64 << 20;

    private final String operation;
    private final RestorePlan plan;
    private final List<Path> all;

    public TargetDirectories(String operation, RestorePlan plan) {
        this.operation = operation;
        this.plan = plan;
        this.all = of(plan);
    }

    static List<Path> of(RestorePlan plan) {
        return Stream.concat(
                        Stream.of(plan.directory()), plan.tablespaces().stream().map(TablespacePlan::to))
                .toList();
    }

    /// Bytes by directory.
    static Map<Path, Long> needed(RestorePlan plan) {
        Map<Path, Long> bytes = new LinkedHashMap<>();
        bytes.put(plan.directory(), plan.files() + 2L * plan.wal().next().size() + MARGIN);
        plan.tablespaces().forEach(tablespace -> bytes.put(tablespace.to(), tablespace.bytes()));
        return bytes;
    }

    /// Refuses a link and a file; what is absent will be made.
    static void requireDirectory(Path directory) {
        if (Files.isSymbolicLink(directory)) {
            throw refused(directory, "is a symbolic link");
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
            throw refused(directory, "is a file");
        }
    }

    /// Refuses directories that hold anything of somebody else: `TARGET_NOT_EMPTY`, naming the server that runs
    /// there (F55). Writes nothing.
    @Override
    public void checkDirectories() {
        for (Path directory : all) {
            requireDirectory(directory);
            Optional<Marker> marker = Marker.in(directory);
            Optional<String> first = firstEntry(directory);
            if (marker.filter(this::isOurs).isPresent()) {
                continue;
            }
            Optional<Postmaster> server = Postmaster.of(directory);
            if (server.isPresent()) {
                throw refused(
                        directory,
                        "holds a running PostgreSQL server, process "
                                + server.get().pid());
            }
            if (marker.isPresent()) {
                throw refused(
                        directory,
                        "holds the unfinished restore of operation "
                                + marker.get().operation());
            }
            if (first.isPresent()) {
                throw refused(directory, "is not empty, it holds '" + first.get() + "'");
            }
        }
    }

    @Override
    public List<Room> rooms() {
        return Space.rooms(
                needed(plan),
                directory -> Marker.in(directory).filter(this::isOurs).isPresent());
    }

    /// Makes the directories and their markers; what an earlier attempt of this operation wrote is removed.
    @Override
    public void claim(Optional<ServerAccount> account) throws InterruptedException {
        check();
        for (Path directory : all) {
            Postmaster.endOrphan(directory);
            mark(directory, new Marker(operation, null), account);
            wipe(directory);
        }
    }

    /// False: they were emptied.
    @Override
    public boolean hasFiles() {
        return false;
    }

    /// Makes a directory that only its owner reads, if it is absent, with its marker.
    static void mark(Path directory, Marker marker, Optional<ServerAccount> account) {
        try {
            if (Files.notExists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            marker.write(directory);
            if (account.isPresent()) {
                give(Marker.path(directory), account.get());
                give(directory, account.get());
            }
        } catch (IOException failure) {
            throw FileFailures.of("prepare", directory, failure);
        }
    }

    @Override
    public void complete() {
        unmark(all);
    }

    /// Takes the markers away, the first directory's last.
    static void unmark(List<Path> directories) {
        for (Path directory : directories.reversed()) {
            try {
                Marker.remove(directory);
            } catch (IOException failure) {
                throw FileFailures.of("complete", directory, failure);
            }
        }
    }

    @Override
    public List<Path> all() {
        return all;
    }

    /// Whatever was there before a restore over it began is not ours to remove.
    private boolean isOurs(Marker marker) {
        return marker.operation().equals(operation) && marker.delta() == null;
    }

    private static void give(Path path, ServerAccount account) throws IOException {
        Files.setAttribute(path, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    /// Removes everything in a directory but its marker and its `lost+found`. Links are removed, not followed.
    private static void wipe(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                if (!entry.equals(Marker.path(directory)) && !entry.endsWith(LOST_AND_FOUND)) {
                    LocalFile.remove(entry);
                }
            }
        } catch (IOException failure) {
            throw FileFailures.of("empty", directory, failure);
        }
    }

    /// The first name in a directory, `lost+found` not counted; empty for one that is empty or absent.
    static Optional<String> firstEntry(Path directory) {
        if (Files.notExists(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(LOST_AND_FOUND) && !name.equals(Marker.HALF))
                    .sorted()
                    .findFirst();
        } catch (IOException unreadable) {
            throw FileFailures.of("read", directory, unreadable);
        }
    }

    private static OperatorActionException refused(Path directory, String why) {
        return new OperatorActionException(
                FailureCode.TARGET_NOT_EMPTY,
                "'" + directory + "' " + why,
                "Nothing was copied. Choose a directory that is empty or does not exist.");
    }
}
