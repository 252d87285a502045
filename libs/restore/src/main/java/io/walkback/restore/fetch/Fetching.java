package io.walkback.restore.fetch;

import org.jspecify.annotations.Nullable;

/// Makes the files of one backup, into claimed directories.
public sealed interface Fetching permits FileFetch, DeltaFetch {
    /// Makes everything but `pg_control`.
    ///
    /// @return plain bytes of all files
    long run() throws InterruptedException;

    /// Puts `pg_control` where it belongs. Everything else must be on disk by now.
    void placeControlFile();

    /// How many of the bytes were there already and were kept; null where nothing was looked for.
    @Nullable
    Long kept();
}
