package io.walkback.restore.sandbox;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.replay.RunDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The folder of one sandbox, locked. Closing removes it.
final class ScratchFolder implements AutoCloseable {
    static final String LOCK = "lock";

    private static final String MARKER = "walkback-sandbox";
    private static final String MARKED = "A scratch cluster of walkback. It is removed when nobody holds its lock.\n";

    /// How long a killed process may take to be gone: one that waits for a disk takes its time.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path path;
    private final HostLock lock;

    ScratchFolder(Path path, HostLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Says that this folder may be removed.
    void mark() throws IOException {
        Files.writeString(path.resolve(MARKER), MARKED);
    }

    /// Lets go of it and leaves it.
    void release() {
        lock.close();
    }

    boolean isOurs() {
        return isOurs(path);
    }

    /// Whether it has our marker, and it and the marker belong to the user of this process.
    static boolean isOurs(Path folder) {
        Path marker = folder.resolve(MARKER);
        try {
            Object us = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
                    && Objects.equals(us, Files.getAttribute(marker, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    && Objects.equals(us, Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    && Files.size(marker) == MARKED.length()
                    && Files.readString(marker).equals(MARKED);
        } catch (IOException _) {
            // Going, or somebody else's.
            return false;
        }
    }

    Path path() {
        return path;
    }

    Path data() {
        return path.resolve("data");
    }

    Path tablespaces() {
        return path.resolve("tablespaces");
    }

    RunDirectory run() {
        return RunDirectory.of(data());
    }

    /// All that a server in here has to write. The run directory is elsewhere where this path is too long for a
    /// socket.
    List<Path> writable() {
        return run().path().startsWith(path) ? List.of(path) : List.of(path, run().path());
    }

    /// Kills the server of this folder's data directory and its processes, if there are any. Nothing of it is kept.
    void endServer() throws InterruptedException {
        Optional<ProcessHandle> server = server();
        if (server.isEmpty()) {
            return;
        }
        List<ProcessHandle> all = new ArrayList<>(List.of(server.get()));
        all.addAll(server.get().descendants().toList());
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            try {
                process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException lasting) {
                throw new RetryableException(
                        FailureCode.PROCESS_FAILED,
                        "process " + process.pid() + " of the scratch server in '" + path + "' does not end",
                        "End it by hand; its folder is removed the next time.",
                        lasting);
            }
        }
    }

    /// The process that `postmaster.pid` names, if it works in that directory: the number may be another's by now.
    private Optional<ProcessHandle> server() {
        try {
            String first = Files.readAllLines(data().resolve("postmaster.pid")).getFirst();
            long pid = Long.parseLong(first.strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(process -> worksInData(process.pid()));
        } catch (IOException | NumberFormatException _) {
            // No file, or one that names nobody: no server ran here.
            return Optional.empty();
        }
    }

    private boolean worksInData(long pid) {
        try {
            return Files.isSameFile(Path.of("/proc/" + pid + "/cwd"), data());
        } catch (IOException _) {
            // Somebody else's process, or gone: not ours to end.
            return false;
        }
    }

    /// Removes it. The marker goes last but for the lock: what a process leaves that is killed meanwhile is still
    /// found.
    @Override
    public void close() {
        try {
            remove(run().path());
            Path marker = path.resolve(MARKER);
            Path held = path.resolve(LOCK);
            try {
                removeAllBut(path, Set.of(marker, held));
                Files.deleteIfExists(marker);
                Files.deleteIfExists(held);
                Files.deleteIfExists(path);
            } catch (IOException failure) {
                throw FileFailures.of("remove", path, failure);
            }
        } finally {
            lock.close();
        }
    }

    private static void remove(Path tree) {
        try {
            removeAllBut(tree, Set.of());
            Files.deleteIfExists(tree);
        } catch (IOException failure) {
            throw FileFailures.of("remove", tree, failure);
        }
    }

    /// Links are removed and never followed, and no other filesystem is entered. What has gone is removed.
    private static void removeAllBut(Path tree, Set<Path> kept) throws IOException {
        if (Files.notExists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Object device = Files.getAttribute(tree, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                if (!device.equals(Files.getAttribute(entered, "unix:dev", LinkOption.NOFOLLOW_LINKS))) {
                    throw new FileSystemException(entered.toString(), null, "another filesystem is mounted there");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!kept.contains(file)) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null && !(failure instanceof NoSuchFileException)) {
                    throw failure;
                }
                if (!visited.equals(tree)) {
                    Files.deleteIfExists(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
