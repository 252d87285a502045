package io.walkback.restore.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is at a path before a restore goes over it. No link is ever followed.
final class LocalFile {
    private static final int REGULAR = 0100000;
    private static final int TYPE = 0170000;
    private static final int OWNER_READS_AND_WRITES = 0600;

    private LocalFile() {}

    /// Makes the path a regular file of at most `size` bytes that may be written in place, keeping what it holds.
    ///
    /// Whatever else is there is removed. So is a file that has other names (`cp -al`, `pg_upgrade --link`): bytes
    /// that are written to it would change under those as well.
    static void prepare(Path path, long size) throws IOException {
        int mode = mode(path);
        if (mode == 0) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return;
        }
        if ((mode & OWNER_READS_AND_WRITES) != OWNER_READS_AND_WRITES) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
        if (Files.size(path) > size) {
            try (FileChannel channel = open(path)) {
                channel.truncate(size);
            }
        }
    }

    /// The mode of a regular file with one name; 0 where there was none, or something else that is gone now.
    private static int mode(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:mode,nlink", LinkOption.NOFOLLOW_LINKS);
            if (found.get("mode") instanceof Integer mode
                    && (mode & TYPE) == REGULAR
                    && Integer.valueOf(1).equals(found.get("nlink"))) {
                return mode;
            }
        } catch (NoSuchFileException _) {
            return 0;
        }
        remove(path);
        return 0;
    }

    static FileChannel open(Path path) throws IOException {
        return FileChannel.open(
                path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /// Reads up to `length` bytes from `position`, fewer only where the file ends, and returns how many.
    static int read(FileChannel file, long position, byte[] into, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.position();
    }

    /// Removes a file, a link, or a directory with all that is in it.
    static void remove(Path path) throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
