package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Faults of the filesystem that is restored to.
public final class FileFailures {
    private FileFailures() {}

    /// A full disk is `TARGET_SPACE`, everything else `CONFIGURATION`: both need a person.
    public static OperatorActionException of(String doing, Path path, IOException cause) {
        String reason = reason(cause);
        boolean full = reason.contains("No space left") || reason.contains("Disk quota exceeded");
        return new OperatorActionException(
                full ? FailureCode.TARGET_SPACE : FailureCode.CONFIGURATION,
                "cannot " + doing + " '" + path + "': " + reason,
                full
                        ? "Make space or choose another filesystem; what was written is marked incomplete."
                        : "Check that the path can be written by this process.",
                cause);
    }

    /// Java's exceptions for the common cases have the path for a message and no reason.
    private static String reason(IOException cause) {
        return switch (cause) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it does not exist";
            case FileAlreadyExistsException _ -> "it exists already";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            default -> String.valueOf(cause.getMessage());
        };
    }
}
