package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// Faults of the filesystem that is restored to.
public final class FileFailures {
    private FileFailures() {}

    /// A full disk is `TARGET_SPACE`, everything else `CONFIGURATION`: both need a person.
    public static OperatorActionException of(String doing, Path path, IOException cause) {
        String reason = cause instanceof FileSystemException named && named.getReason() != null
                ? named.getReason()
                : String.valueOf(cause.getMessage());
        boolean full = reason.contains("No space left") || reason.contains("Disk quota exceeded");
        return new OperatorActionException(
                full ? FailureCode.TARGET_SPACE : FailureCode.CONFIGURATION,
                "cannot " + doing + " '" + path + "': " + reason,
                full
                        ? "Make space or choose another filesystem; what was written is marked incomplete."
                        : "Check that the path can be written by this process.",
                cause);
    }
}
