package io.walkback.repository.fs;

import io.walkback.repository.blob.BlobStore;
import io.walkback.testkit.blob.BlobStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSystemBlobStoreContractTest extends BlobStoreContract {
    @TempDir
    Path directory;

    @Override
    protected BlobStore newStore() {
        return FileSystemBlobStore.create(directory.resolve("store"));
    }
}
