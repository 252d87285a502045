package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The bytes of one unfinished segment, in a file that is made anew each time: what an earlier life left in it is
/// gone (pitfall 12). Nothing in it was ever reported as durable. For one thread.
///
/// WAL is as secret as the database: the file is 0600, and directories that are made here 0700, both at their
/// creation, so that there is no moment in which others can open them, and again afterwards, since a umask can take
/// bits away. A directory that is there keeps its permissions: it may be shared.
final class SegmentSpool implements AutoCloseable {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private final Path file;
    private FileChannel channel;

    SegmentSpool(Path file) {
        this.file = file;
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                makePrivate(directory);
            }
            // What an earlier life left may be open to others, or open in another process: a new file is neither.
            Files.deleteIfExists(file);
            this.channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(FILE));
            Files.setPosixFilePermissions(file, FILE);
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    private static void makePrivate(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            makePrivate(parent);
        }
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            Files.setPosixFilePermissions(directory, DIRECTORY);
        } catch (FileAlreadyExistsException raced) {
            // Another database's spool may have made it in the same moment.
            if (!Files.isDirectory(directory)) {
                throw raced;
            }
        }
    }

    void append(byte[] buffer, int offset, int length) {
        ByteBuffer rest = ByteBuffer.wrap(buffer, offset, length);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    /// Everything appended since the last [#clear], from its beginning. Read it before appending again.
    InputStream read() {
        try {
            channel.position(0);
            return Channels.newInputStream(channel);
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    /// `length` bytes from `offset` on; appending goes on where it was.
    byte[] read(long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new IllegalStateException(file + " ends before " + (offset + length));
                }
            }
            return bytes.array();
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    /// Empties it. An interrupt of whoever read it has closed its file (as a channel does), which is opened again.
    void clear() {
        try {
            if (!channel.isOpen()) {
                channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
            channel.truncate(0);
            channel.position(0);
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    private RetryableException failed(IOException fault) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "the worker's wal spool '" + file + "' cannot be used: " + fault.getMessage(),
                "Check the space and the permissions of WAL_ARCHIVE_DIR, or of WALKBACK_STATE_DIR where that is not"
                    + " set: it needs five segments per database, and belongs to the account of this process alone.",
                fault);
    }
}
