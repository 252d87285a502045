package io.walkback.restore.sandbox;

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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder in which sandboxes are made. Several processes may share it. Thread-safe.
///
/// @param folder absolute
public record Scratch(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    /// What this class makes, and nothing else that somebody keeps there, is ever removed.
    private static final String PREFIX = "sandbox-";

    public Scratch {
        folder = folder.toAbsolutePath().normalize();
    }

    /// Removes what processes that are gone have left: their servers first, by process id and only if they are the
    /// servers of those directories. What cannot be removed is told in the log and tried again next time.
    ///
    /// @return how many were removed
    public int sweep() throws InterruptedException {
        int removed = 0;
        for (Path left : sandboxes()) {
            try (ScratchFolder abandoned = new ScratchFolder(left, HostLock.take(left.resolve(ScratchFolder.LOCK)))) {
                abandoned.endServer();
                removed++;
                LOG.atWarn().addKeyValue("folder", left).log("scratch cluster of a process that is gone, removed");
            } catch (RetryableException inUse) {
                LOG.atDebug()
                        .addKeyValue("folder", left)
                        .addKeyValue("reason", inUse.text())
                        .log("scratch in use");
            }
        }
        return removed;
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
            Files.createDirectory(created.tablespaces());
            Files.setPosixFilePermissions(created.tablespaces(), PosixFilePermissions.fromString("rwx--x--x"));
            return created;
        } catch (IOException failure) {
            throw FileFailures.of("make a scratch folder in", folder, failure);
        }
    }

    private List<Path> sandboxes() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> path.getFileName().toString().startsWith(PREFIX))
                    .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        } catch (IOException failure) {
            throw FileFailures.of("list", folder, failure);
        }
    }
}
