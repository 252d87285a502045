package io.walkback.cli;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Passwords of databases, one file each in `secrets/` of the user's configuration folder: directory 0700, files
/// 0600, whatever the umask. Replaced whole or not at all.
final class SecretFiles {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private final Path directory;

    SecretFiles(Path configuration) {
        this.directory = configuration.resolve("secrets");
    }

    /// A secret on its way: beside its file until [#keep].
    static final class Staged implements AutoCloseable {
        private final Path staged;
        private final Path file;

        private Staged(Path staged, Path file) {
            this.staged = staged;
            this.file = file;
        }

        /// Where it will be.
        Path file() {
            return file;
        }

        void keep() {
            try {
                Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException failure) {
                throw refused(file, failure);
            }
        }

        /// Removes it unless it was kept.
        @Override
        public void close() {
            try {
                Files.deleteIfExists(staged);
            } catch (IOException failure) {
                throw refused(staged, failure);
            }
        }
    }

    /// Where the token that lets WAL of a database be pushed is kept, as curl reads it.
    Path pushToken(DatabaseId database) {
        return directory.resolve(database.value() + ".push");
    }

    Staged stage(DatabaseId database, Secret secret) {
        return stage(database.value(), secret);
    }

    /// The file of [#pushToken].
    Staged stagePushToken(DatabaseId database, Secret content) {
        return stage(database.value() + ".push", content);
    }

    private Staged stage(String name, Secret secret) {
        Path file = directory.resolve(name);
        Path staged =
                directory.resolve("." + name + "." + ProcessHandle.current().pid() + ".new");
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            Files.setPosixFilePermissions(directory, DIRECTORY);
            Files.deleteIfExists(staged);
            try (SeekableByteChannel channel = Files.newByteChannel(
                    staged,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DSYNC),
                    PosixFilePermissions.asFileAttribute(FILE))) {
                ByteBuffer text = ByteBuffer.wrap(secret.reveal().getBytes(StandardCharsets.UTF_8));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
            }
            Files.setPosixFilePermissions(staged, FILE);
            return new Staged(staged, file);
        } catch (IOException failure) {
            throw refused(file, failure);
        }
    }

    private static OperatorActionException refused(Path file, IOException failure) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "the password cannot be kept in '" + file + "': "
                        + failure.getClass().getSimpleName(),
                "Make the folder writable, or give --password-file or --password-env instead.",
                failure);
    }
}
