package io.walkback.repository.fs;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What an `IOException` of the filesystem means.
final class FileFailures {
    /// Less than this is a full disk, whatever language the system words its errors in.
    private static final long FULL_BELOW = 64 << 10;

    private final Path root;

    FileFailures(Path root) {
        this.root = root;
    }

    /// The `IOException` that a directory iterator wraps.
    static IOException cause(DirectoryIteratorException failed) {
        return failed.getCause() == null ? new IOException(failed) : failed.getCause();
    }

    PlatformException of(String what, IOException cause) {
        String text = what + " in " + root + " failed: " + cause.getMessage();
        if (cause instanceof ClosedByInterruptException) {
            Thread.currentThread().interrupt();
            return new OperatorActionException(
                    FailureCode.CANCELLED, what + " in " + root + " was interrupted", "Start it again.", cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new OperatorActionException(
                    FailureCode.STORE_ACCESS,
                    text,
                    "Give the user that Walkback runs as read and write permission on the repository.",
                    cause);
        }
        if (isFull(cause)) {
            return new OperatorActionException(
                    FailureCode.STORE_FULL,
                    text,
                    "Free space on the repository's filesystem or extend it; nothing that is stored was harmed.",
                    cause);
        }
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE, text, "Check that the repository's filesystem is healthy.", cause);
    }

    private boolean isFull(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded") || usableSpace() < FULL_BELOW;
    }

    private long usableSpace() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException unknown) {
            // The first failure is the one to report; that the space cannot be asked for adds nothing to it.
            return Long.MAX_VALUE;
        }
    }
}
