package io.walkback.restore.sandbox;

import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.ServerAccount;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.HostLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder in which sandboxes are made. Several processes may share it. Thread-safe.
///
/// @param folder absolute
public record Scratch(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String PREFIX = "sandbox-";

    /// What this class makes, and nothing else that somebody keeps there, is ever removed: a directory with such a
    /// name, in it the marker that [#create] writes, both owned by this process's user.
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{8}");

    public Scratch {
        folder = folder.toAbsolutePath().normalize();
    }

    /// Removes what processes that are gone have left: their servers first, by process id and only if they are the
    /// servers of those directories. What cannot be removed is told in the log, keeps nobody from removing the
    /// others, and is tried again next time.
    ///
    /// @return how many were removed
    public int sweep() throws InterruptedException {
        int removed = 0;
        for (Path left : sandboxes()) {
            try {
                if (remove(left)) {
                    removed++;
                    LOG.atWarn().addKeyValue("folder", left).log("scratch cluster of a process that is gone, removed");
                }
            } catch (PlatformException lasting) {
                LOG.atWarn()
                        .setCause(lasting)
                        .addKeyValue("folder", left)
                        .log("scratch cluster of a process that is gone cannot be removed");
            }
        }
        return removed;
    }

    /// @return false where it is in use, or has gone meanwhile
    private static boolean remove(Path left) throws InterruptedException {
        HostLock lock;
        try {
            lock = HostLock.takeExisting(left.resolve(ScratchFolder.LOCK));
        } catch (RetryableException inUse) {
            LOG.atDebug()
                    .addKeyValue("folder", left)
                    .addKeyValue("reason", inUse.text())
                    .log("scratch in use");
            return false;
        }
        ScratchFolder abandoned = new ScratchFolder(left, lock);
        boolean ours = false;
        try {
            // Whoever held it until now may have removed it.
            if (abandoned.isOurs()) {
                abandoned.endServer();
                ours = true;
            }
        } finally {
            // The folder of a server that does not end is left, so that it is found again.
            if (!ours) {
                abandoned.release();
            }
        }
        if (ours) {
            abandoned.close();
        }
        return ours;
    }

    /// A new folder, locked.
    ScratchFolder create(Optional<ServerAccount> account) {
        Path path = folder.resolve(PREFIX + UUID.randomUUID().toString().substring(0, 8));
        try {
            Files.createDirectories(folder);
            account.ifPresent(user -> user.makeReachable(path.resolve("any")));
            Path made = Files.createDirectory(folder.toRealPath().resolve(path.getFileName()));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
            ScratchFolder created = new ScratchFolder(made, HostLock.take(made.resolve(ScratchFolder.LOCK)));
            boolean complete = false;
            try {
                // Once it is locked, and not before: nobody sweeps away what has no marker.
                created.mark();
                Files.createDirectory(created.tablespaces());
                Files.setPosixFilePermissions(created.tablespaces(), PosixFilePermissions.fromString("rwx--x--x"));
                complete = true;
            } finally {
                if (!complete) {
                    created.close();
                }
            }
            return created;
        } catch (IOException failure) {
            throw FileFailures.of("make a scratch folder in", folder, failure);
        }
    }

    private List<Path> sandboxes() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        // As create does it: what a folder's run directory is called depends on the path.
        try (Stream<Path> entries = Files.list(folder.toRealPath())) {
            return entries.filter(
                            path -> NAME.matcher(path.getFileName().toString()).matches())
                    .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(ScratchFolder::isOurs)
                    .toList();
        } catch (IOException failure) {
            throw FileFailures.of("list", folder, failure);
        }
    }
}
