package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/// Makes whole directory trees durable: one `syncfs` a filesystem, by coreutils' `sync -f`, since Java cannot ask
/// for it. It tells write errors since Linux 5.8, and takes one call where an fsync for each of thousands of small
/// files takes one each.
@NullMarked
public final class Syncing {
    /// A slow disk with much to write; it was all written before, so this is only what the page cache still holds.
    private static final long DEADLINE_HOURS = 2;

    private Syncing() {}

    /// Returns once everything in the filesystems of `directories` is on disk.
    public static void sync(List<Path> directories) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("sync", "-f", "--"));
        Set<Object> seen = new HashSet<>();
        try {
            for (Path directory : directories) {
                if (seen.add(Files.getAttribute(directory, "unix:dev"))) {
                    command.add(directory.toString());
                }
            }
            Process sync = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!sync.waitFor(DEADLINE_HOURS, TimeUnit.HOURS) || sync.exitValue() != 0) {
                    throw new RetryableException(
                            FailureCode.PROCESS_FAILED,
                            "the filesystem of '" + directories.getFirst() + "' could not be synced",
                            "Look for disk errors in the kernel's log.");
                }
            } finally {
                sync.destroyForcibly();
            }
        } catch (IOException failure) {
            throw FileFailures.of("sync", directories.getFirst(), failure);
        }
    }
}
