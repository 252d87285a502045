package io.walkback.restore.fetch;

import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Removes what lies in the directories of a restore and is not in its backup: relations that are younger, all of
/// `pg_wal`, replication slots, `postmaster.pid`, somebody's own files. Links are removed, never followed.
///
/// Left alone are the markers, each `lost+found` at the root of a filesystem, and in a tablespace's directory
/// whatever lies beside the folder of this cluster's version: that is where another major keeps its own files.
final class Leftovers {
    private final RestorePlan plan;
    private final PathSet wanted;
    private long removed;

    /// @param wanted every path of the backup, as its manifest has it, that will be there afterwards
    Leftovers(RestorePlan plan, PathSet wanted) {
        this.plan = plan;
        this.wanted = wanted;
    }

    /// @return how many files, links and directories went, those inside a directory that went not counted
    long remove() {
        walk(plan.directory(), "", false);
        for (TablespacePlan tablespace : plan.tablespaces()) {
            walk(tablespace.to(), "pg_tblspc/" + tablespace.name() + "/", true);
        }
        return removed;
    }

    private void walk(Path root, String prefix, boolean shared) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
                        throws IOException {
                    if (visited.equals(root)) {
                        return FileVisitResult.CONTINUE;
                    }
                    return isLeft(visited) || takenAway(visited)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!isLeft(file)) {
                        takenAway(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    return FileVisitResult.CONTINUE;
                }

                private boolean isLeft(Path path) throws IOException {
                    boolean top = root.equals(path.getParent());
                    return path.equals(Marker.path(root))
                            || isLostAndFound(path, top)
                            || (top && shared && !isWanted(path));
                }

                private boolean takenAway(Path path) throws IOException {
                    if (isWanted(path)) {
                        return false;
                    }
                    LocalFile.remove(path);
                    removed++;
                    return true;
                }

                private boolean isWanted(Path path) {
                    return wanted.contains(prefix + root.relativize(path));
                }
            });
        } catch (IOException failure) {
            throw FileFailures.of("remove what is not in the backup from", root, failure);
        }
    }

    /// `pg_wal` may be a mount point as well as the directory itself.
    private static boolean isLostAndFound(Path path, boolean top) throws IOException {
        if (!path.endsWith(TargetDirectories.LOST_AND_FOUND)) {
            return false;
        }
        Path mount = path.resolve("..").normalize();
        return top
                || !Files.getAttribute(mount, "unix:dev")
                        .equals(Files.getAttribute(mount.resolve("..").normalize(), "unix:dev"));
    }
}
