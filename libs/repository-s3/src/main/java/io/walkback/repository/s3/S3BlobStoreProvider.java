package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStoreProvider;
import java.net.URI;
import java.time.Clock;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// Opens `s3://bucket/prefix`. Buckets are made by people, who choose where they are and what they forbid: `create`
/// opens one as well.
public final class S3BlobStoreProvider implements BlobStoreProvider {
    private final Clock clock = Clock.systemUTC();

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public BlobStore open(URI url) {
        return connect(url);
    }

    /// Also finds out, before anything is written there, that the bucket decides races between writers.
    @Override
    public BlobStore create(URI url) {
        S3BlobStore store = connect(url);
        try {
            store.requireConditionalWrites();
            return store;
        } catch (RuntimeException refused) {
            store.close();
            throw refused;
        }
    }

    private S3BlobStore connect(URI url) {
        S3Settings settings = S3Settings.parse(url, System.getenv());
        return S3Connection.open(
                settings, S3Patience.standard(), S3Time.system(), clock, () -> DefaultCredentialsProvider.builder()
                        .build());
    }
}
