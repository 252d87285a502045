package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The directories that one restore writes: checked, claimed with a marker, wiped again.
///
/// A directory is ours when it is absent, empty, or holds the marker of this very operation. The directory itself
/// is never removed: it may be a mount point (pitfall 47), and then its `lost+found` is neither counted nor
/// touched.
public final class TargetDirectories {
    /// In each directory that is written, from before the first file until the restore is complete.
    public static final String MARKER = "walkback.incomplete";

    /// What mkfs leaves in the root of a filesystem: nobody's data, root's own, and what the next fsck needs.
    static final String LOST_AND_FOUND = "lost+found";

    /// Two segments of WAL and a little: what is needed besides the files, whatever the cluster's size.
    private static final long MARGIN = 64 << 20;

    private final String operation;
    private final List<Path> all;
    private final Map<Path, Long> bytes = new HashMap<>();

    public TargetDirectories(String operation, RestorePlan plan) {
        this.operation = operation;
        this.all = new ArrayList<>(List.of(plan.directory()));
        bytes.put(plan.directory(), plan.files() + 2L * plan.wal().next().size() + MARGIN);
        for (TablespacePlan tablespace : plan.tablespaces()) {
            all.add(tablespace.to());
            bytes.put(tablespace.to(), tablespace.bytes());
        }
    }

    /// Refuses directories that hold anything of somebody else: `TARGET_NOT_EMPTY`, naming the server that runs
    /// there (F55); and too little space: `TARGET_SPACE`. Writes nothing.
    public void check() {
        for (Path directory : all) {
            if (Files.isSymbolicLink(directory)) {
                throw refused(directory, "is a symbolic link");
            }
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
                throw refused(directory, "is a file");
            }
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
        Space.check(
                bytes, directory -> Marker.in(directory).filter(this::isOurs).isPresent());
    }

    /// Makes the directories and their markers; what an earlier attempt of this operation wrote is removed. The
    /// caller holds the host's lock.
    /// @param account owns them from now on; empty: this process's own
    public void claim(Optional<ServerAccount> account) throws InterruptedException {
        check();
        for (Path directory : all) {
            Postmaster.endOrphan(directory);
            try {
                if (Files.notExists(directory)) {
                    Files.createDirectory(
                            directory,
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                new Marker(operation, null).write(directory);
                wipe(directory);
                if (account.isPresent()) {
                    give(directory.resolve(MARKER), account.get());
                    give(directory, account.get());
                }
            } catch (IOException failure) {
                throw FileFailures.of("prepare", directory, failure);
            }
        }
    }

    /// Takes the markers away, the data directory's last.
    public void complete() {
        for (Path directory : all.reversed()) {
            try {
                Marker.remove(directory);
            } catch (IOException failure) {
                throw FileFailures.of("complete", directory, failure);
            }
        }
    }

    /// Every directory, the data directory first.
    public List<Path> all() {
        return List.copyOf(all);
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
    private static void wipe(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                return visited.equals(directory.resolve(LOST_AND_FOUND))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(directory.resolve(MARKER))) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!visited.equals(directory)) {
                    Files.delete(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Optional<String> firstEntry(Path directory) {
        if (Files.notExists(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(LOST_AND_FOUND))
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
