package io.walkback.repository.s3;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.testkit.MutableClock;
import io.walkback.testkit.s3.FakeS3;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/// A store on a server that does wrong what it is told to. What takes minutes in production takes tenths of
/// seconds.
final class FaultyStore implements AutoCloseable {
    static final BlobKey KEY = new BlobKey("shop/7300/packs/1");
    /// As the object is named in the bucket.
    static final String OBJECT = "walkback/" + KEY;

    final MutableClock clock = MutableClock.at("2026-03-01T00:00:00Z");
    final PassingTime time = new PassingTime();
    final FakeS3 server;
    final S3BlobStore store;

    private FaultyStore(
            boolean versioned, String query, S3Patience patience, Supplier<AwsCredentialsProvider> credentials)
            throws IOException {
        server = FakeS3.start("backups", versioned, clock);
        store = S3Connection.open(
                Stores.settings(server.endpoint(), "backups/walkback", query), patience, time, clock, credentials);
    }

    static FaultyStore plain() throws IOException {
        return new FaultyStore(false, "", S3Patience.standard(), Stores::credentials);
    }

    static FaultyStore plain(String query) throws IOException {
        return new FaultyStore(false, query, S3Patience.standard(), Stores::credentials);
    }

    static FaultyStore plain(Supplier<AwsCredentialsProvider> credentials) throws IOException {
        return new FaultyStore(false, "", S3Patience.standard(), credentials);
    }

    static FaultyStore versioned(String query) throws IOException {
        return new FaultyStore(true, query, S3Patience.standard(), Stores::credentials);
    }

    /// One that gives a silent server tenths of seconds.
    static FaultyStore impatient() throws IOException {
        S3Patience standard = S3Patience.standard();
        S3Patience little = new S3Patience(
                standard.opening(),
                standard.budget(),
                standard.firstPause(),
                standard.longestPause(),
                Duration.ofSeconds(2),
                Duration.ofMillis(300),
                Duration.ofMillis(600),
                standard.slowest(),
                Duration.ofMillis(200));
        return new FaultyStore(false, "", little, Stores::credentials);
    }

    PutOutcome write(byte[] content) {
        try (BlobWriter writer = store.newWriter(KEY)) {
            writer.write(content, 0, content.length);
            return writer.commit();
        }
    }

    byte[] read() {
        return BlobReads.all(store, KEY, Integer.MAX_VALUE);
    }

    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /// Needs three parts.
    static byte[] longNoise() {
        return noise(2 * PartSizes.SMALLEST + 100);
    }

    static FailureCode code(Throwable failure) {
        return ((PlatformException) failure).code();
    }

    @Override
    public void close() {
        store.close();
        server.close();
    }
}
