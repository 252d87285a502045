package io.walkback.repository.fs;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStoreProvider;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;

/// Opens `file:///dir`.
public final class FileSystemBlobStoreProvider implements BlobStoreProvider {
    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public BlobStore open(URI url) {
        return FileSystemBlobStore.open(path(url));
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
