package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The bytes of one unfinished segment, in a file that is made anew each time: what an earlier life left in it is
/// gone (pitfall 12). Nothing in it was ever reported as durable. For one thread.
final class SegmentSpool implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    SegmentSpool(Path file) {
        this.file = file;
        try {
            Path directory = file.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            this.channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException fault) {
            throw failed(fault);
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

    void clear() {
        try {
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
                "Check the space and the permissions of WALKBACK_STATE_DIR: it needs one segment per database.",
                fault);
    }
}
