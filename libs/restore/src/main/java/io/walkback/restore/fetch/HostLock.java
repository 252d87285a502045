package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// One restore per target on this host, with and without Kafka. The kernel releases it when its process ends,
/// however that happens.
public final class HostLock implements AutoCloseable {
    private final FileChannel channel;

    private HostLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock or fails at once: [RetryableException] `TARGET_NOT_EMPTY`, since whoever holds it may be
    /// ending.
    public static HostLock take(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new RetryableException(
                        FailureCode.TARGET_NOT_EMPTY,
                        "another restore on this host holds '" + file + "'",
                        "Wait for it, or cancel it.");
            }
            return new HostLock(channel);
        } catch (IOException failure) {
            throw FileFailures.of("lock", file, failure);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new IllegalStateException("a lock file that cannot be closed", failure);
        }
    }
}
