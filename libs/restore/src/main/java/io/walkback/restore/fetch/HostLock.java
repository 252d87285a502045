package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/// One restore per target on this host, with and without Kafka. The kernel releases it when its process ends,
/// however that happens.
public final class HostLock implements AutoCloseable {
    /// Files that this process has locked, by identity. The kernel's locks are those of the whole process, and it
    /// lets go of one as soon as any descriptor of its file is closed: such a file is never opened a second time.
    private static final Set<Object> HELD = new HashSet<>();

    private final FileChannel channel;
    private final Object file;

    private HostLock(FileChannel channel, Object file) {
        this.channel = channel;
        this.file = file;
    }

    /// Takes the lock or fails at once: [RetryableException] `TARGET_NOT_EMPTY`, since whoever holds it may be
    /// ending.
    public static HostLock take(Path file) {
        synchronized (HELD) {
            try {
                // Only where it is missing: opening and closing one that is held would let go of it.
                if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                            .close();
                }
            } catch (IOException failure) {
                throw FileFailures.of("lock", file, failure);
            }
            return takeExisting(file);
        }
    }

    /// As [#take], of a file that is there: a folder without one is not made to look like ours.
    public static HostLock takeExisting(Path file) {
        synchronized (HELD) {
            try {
                Object identity =
                        Files.readAttributes(file, BasicFileAttributes.class).fileKey();
                if (HELD.contains(identity)) {
                    throw held(file);
                }
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                boolean locked = false;
                try {
                    locked = channel.tryLock() != null;
                } finally {
                    if (!locked) {
                        channel.close();
                    }
                }
                if (!locked) {
                    throw held(file);
                }
                HELD.add(identity);
                return new HostLock(channel, identity);
            } catch (IOException failure) {
                throw FileFailures.of("lock", file, failure);
            }
        }
    }

    private static RetryableException held(Path file) {
        return new RetryableException(
                FailureCode.TARGET_NOT_EMPTY,
                "another restore on this host holds '" + file + "'",
                "Wait for it, or cancel it.");
    }

    @Override
    public void close() {
        synchronized (HELD) {
            if (!channel.isOpen()) {
                return;
            }
            HELD.remove(file);
            try {
                channel.close();
            } catch (IOException failure) {
                throw new IllegalStateException("a lock file that cannot be closed", failure);
            }
        }
    }
}
