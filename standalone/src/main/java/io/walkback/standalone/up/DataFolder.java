package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The folder of one `up`: mode 0700, locked while it is open, so that two never write one broker's files.
final class DataFolder implements AutoCloseable {
    private static final int TOKEN_BYTES = 32;

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Creates the folder if it is not there, and locks it.
    ///
    /// @throws OperatorActionException when another process has it, or it cannot be used
    static DataFolder open(Path data) {
        Path path = data.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            }
            FileChannel channel =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new OperatorActionException(
                        FailureCode.CONFIGURATION,
                        "another walkback runs on " + path,
                        "Stop it, or choose another folder with --data.");
            }
            return new DataFolder(path, channel);
        } catch (IOException unusable) {
            throw unusable("prepare", path, unusable);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            // Held by this very process: the same answer.
            return null;
        }
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /// A folder in it, created where it is missing.
    Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException unusable) {
            throw unusable("create", path.resolve(name), unusable);
        }
    }

    /// The file with the token: the one that was given, else the one that is there, else a new one of 256 bits.
    Path tokenFile(Optional<Secret> given) {
        Path file = path.resolve("token");
        if (given.isPresent() || Files.notExists(file)) {
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            writeSecret(file, given.orElseGet(() -> new Secret(HexFormat.of().formatHex(random))));
        }
        return file;
    }

    /// Keeps a password for the workers to read, outside events and arguments (P11).
    Path secretFile(String name, Secret secret) {
        Path file = folder("secrets").resolve(name);
        writeSecret(file, secret);
        return file;
    }

    private static void writeSecret(Path file, Secret secret) {
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(half, secret.reveal() + "\n");
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unusable) {
            throw unusable("write", file, unusable);
        }
    }

    private static OperatorActionException unusable(String what, Path path, IOException cause) {
        return new OperatorActionException(
                FailureCode.CONFIGURATION,
                "cannot " + what + " " + path + ": " + cause.getMessage(),
                "Check that the folder can be written and has space, or choose another with --data.",
                cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException unusable) {
            throw unusable("unlock", path, unusable);
        }
    }
}
