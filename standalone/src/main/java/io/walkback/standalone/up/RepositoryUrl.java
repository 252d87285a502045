package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/// The address of the repository as workers take it.
final class RepositoryUrl {
    private RepositoryUrl() {}

    /// The address of what a person wrote: a folder, or an address already.
    ///
    /// @throws OperatorActionException for what is neither
    static String of(String text) {
        String scheme = text.toLowerCase(Locale.ROOT);
        if (scheme.startsWith("s3:")) {
            // What stands in it is checked by those who open it, with the same words for all.
            return text;
        }
        try {
            return of(scheme.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text));
        } catch (IllegalArgumentException | FileSystemNotFoundException unusable) {
            throw refused(text, unusable);
        }
    }

    static String of(Path folder) {
        // Not Path.toUri(), which ends with a slash only where the folder exists already.
        return "file://"
                + folder.toAbsolutePath().normalize().toUri().getRawPath().replaceFirst("(?<=.)/$", "");
    }

    private static OperatorActionException refused(String text, RuntimeException cause) {
        String what =
                cause instanceof InvalidPathException ? "a folder" : "a folder, a file:///... or an s3://... address";
        return new OperatorActionException(
                FailureCode.CONFIGURATION, "repository '" + text + "' is not " + what, "Name a folder.", cause);
    }
}
