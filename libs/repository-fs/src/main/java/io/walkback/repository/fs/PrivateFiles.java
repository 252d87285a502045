package io.walkback.repository.fs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files 0600, directories 0700, synced.
///
/// Permissions are given at creation, so that there is no moment in which others can open the file, and set again
/// afterwards, since a umask can take bits away.
final class PrivateFiles {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    static FileChannel create(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(FILE));
        Files.setPosixFilePermissions(file, FILE);
        return channel;
    }

    /// Makes a directory and its missing parents below `root`.
    ///
    /// @throws java.nio.file.NoSuchFileException when a delete removed one of them meanwhile; worth another try
    static void createDirectories(Path root, Path directory) throws IOException {
        if (directory.equals(root) || Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(root, parent);
        }
        createDirectory(directory);
    }

    static void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            Files.setPosixFilePermissions(directory, DIRECTORY);
        } catch (FileAlreadyExistsException raced) {
            // One look: between two a delete may remove it, empty as it is, and another writer make it again. Where it
            // is gone, this look says so by NoSuchFileException.
            if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
                throw raced;
            }
        }
    }

    /// Syncs `directory` and every one above it up to `root`. All of them, since a directory found there may have
    /// been made a moment ago by a process that has not synced it yet.
    static void syncUpTo(Path root, Path directory) throws IOException {
        for (Path at = directory; at != null && at.startsWith(root); at = at.getParent()) {
            sync(at);
        }
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
