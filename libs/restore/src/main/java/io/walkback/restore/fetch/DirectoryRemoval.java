package io.walkback.restore.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Removes directories of ours, whole; links in them are removed and not followed.
public final class DirectoryRemoval {
    private DirectoryRemoval() {}

    /// One that is not there is removed already.
    public static void remove(Path directory) {
        try {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                LocalFile.remove(directory);
            }
        } catch (IOException failure) {
            throw FileFailures.of("remove", directory, failure);
        }
    }
}
