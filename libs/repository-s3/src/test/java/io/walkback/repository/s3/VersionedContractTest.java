package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobStore;
import io.walkback.testkit.blob.BlobStoreContract;
import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// The promises of a store in a bucket that keeps versions.
class VersionedContractTest extends BlobStoreContract {
    private @Nullable FakeS3 server;

    @Override
    protected BlobStore newStore() throws IOException {
        server = FakeS3.start("versions", true, Clock.systemUTC());
        return Stores.open(server.endpoint(), "versions");
    }

    /// The server's pages are three names long.
    @Override
    protected int manyBlobs() {
        return 40;
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(server).close();
    }
}
