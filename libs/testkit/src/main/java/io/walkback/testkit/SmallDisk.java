package io.walkback.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A filesystem of its own with little space, where this process may mount one; else an ordinary folder.
///
/// @param folder  of the filesystem
/// @param mounted whether it is one
public record SmallDisk(Path folder, boolean mounted) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmallDisk.class);
    private static final long LEFT = 256 * 1024;

    /// @param folder made by this call
    public static SmallDisk mount(Path folder, int megabytes) throws IOException {
        Files.createDirectory(folder);
        boolean mounted = run(
                List.of("mount", "-t", "tmpfs", "-o", "mode=755,size=" + megabytes + "m", "tmpfs", folder.toString()));
        if (!mounted) {
            LOG.atWarn().log("this account may not mount a filesystem: tests of a full disk are skipped");
        }
        return new SmallDisk(folder, mounted);
    }

    private static boolean run(List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, interrupted);
        }
    }

    /// Skips the test where nothing could be mounted.
    public void assumeItIsSmall() {
        assumeTrue(mounted, "a filesystem could be mounted");
    }

    /// A file that takes all space but a little.
    public record Ballast(Path file) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Files.delete(file);
        }
    }

    public Ballast fill() throws IOException {
        Path file = folder.resolve("ballast");
        byte[] block = new byte[64 * 1024];
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            while (Files.getFileStore(folder).getUsableSpace() > LEFT) {
                out.write(block);
            }
        }
        return new Ballast(file);
    }

    @Override
    public void close() {
        try {
            if (mounted && !run(List.of("umount", folder.toString()))) {
                throw new IllegalStateException(folder + " is still in use");
            }
        } catch (IOException fault) {
            throw new IllegalStateException("cannot unmount " + folder, fault);
        }
    }
}
