package io.walkback.repository.fs;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStoreProvider;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/// Opens `file:///dir`, and sweeps what killed writers left there.
public final class FileSystemBlobStoreProvider implements BlobStoreProvider {
    /// A manifest's temporary file is written to as long as its backup runs; none runs a week without writing.
    private static final Duration LEFTOVER_AGE = Duration.ofDays(7);

    private final Clock clock = Clock.systemUTC();

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public BlobStore open(URI url) {
        FileSystemBlobStore store = FileSystemBlobStore.open(path(url));
        store.sweepLeftovers(clock.instant().minus(LEFTOVER_AGE));
        return store;
    }

    @Override
    public BlobStore create(URI url) {
        return FileSystemBlobStore.create(path(url));
    }

    private static Path path(URI url) {
        try {
            return Path.of(url);
        } catch (IllegalArgumentException | FileSystemNotFoundException notLocal) {
            throw new OperatorActionException(
                    FailureCode.CONFIGURATION,
                    "'" + url.getScheme() + ":' url does not name a local directory",
                    "Write it with three slashes: file:///var/lib/walkback.",
                    notLocal);
        }
    }
}
