package io.walkback.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.blob.StoreTraits.Answer;
import io.walkback.testkit.blob.BlobStoreContract;
import io.walkback.testkit.s3.S3Proxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The promises of a store against a real S3 server.
class S3ProxyContractTest extends BlobStoreContract {
    @TempDir
    static Path directory = Path.of("");

    private static S3Proxy server;
    private static int buckets;

    @BeforeAll
    static void start() throws IOException {
        server = S3Proxy.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected BlobStore newStore() throws IOException {
        String bucket = "walkback-" + ++buckets;
        server.makeBucket(bucket);
        return Stores.open(server.endpoint(), bucket + "/some/prefix");
    }

    @Test
    void anObjectOfManyPartsIsReadAsItWasWritten() {
        // Given
        BlobKey key = new BlobKey("packs/long");
        byte[] content = new byte[3 * PartSizes.SMALLEST + 4_321];
        new Random(5).nextBytes(content);
        // When
        try (BlobWriter writer = store().newWriter(key)) {
            for (int at = 0; at < content.length; at += 1_000_003) {
                writer.write(content, at, Math.min(1_000_003, content.length - at));
            }
            assertThat(writer.commit()).isEqualTo(PutOutcome.CREATED);
        }
        // Then
        assertThat(BlobReads.all(store(), key, Integer.MAX_VALUE)).isEqualTo(content);
        assertThat(store().sweepLeftovers(Instant.MAX)).isZero();
    }

    @Test
    void anUploadThatFindsItsNameTakenLeavesNothingBehind() {
        // Given
        BlobKey key = new BlobKey("packs/taken");
        store().putIfAbsent(key, new byte[] {7});
        byte[] content = new byte[PartSizes.SMALLEST + 1];
        // When
        try (BlobWriter writer = store().newWriter(key)) {
            writer.write(content, 0, content.length);
            assertThat(writer.commit()).isEqualTo(PutOutcome.ALREADY_THERE);
        }
        // Then
        assertThat(BlobReads.all(store(), key, 10)).containsExactly(7);
        assertThat(store().sweepLeftovers(Instant.MAX)).isZero();
    }

    @Test // pitfall 64
    void anUploadThatIsNotCommittedIsDroppedAndThatOfADeadWriterIsSwept() {
        // Given
        byte[] content = new byte[PartSizes.SMALLEST + 1];
        try (BlobWriter writer = store().newWriter(new BlobKey("packs/dropped"))) {
            writer.write(content, 0, content.length);
        }
        assertThat(store().sweepLeftovers(Instant.MAX)).isZero();
        // A writer that nobody closes: its process died.
        BlobWriter dead = store().newWriter(new BlobKey("packs/dead"));
        dead.write(content, 0, content.length);
        // When, then
        assertThat(store().sweepLeftovers(Instant.EPOCH)).isZero();
        assertThat(store().sweepLeftovers(Instant.MAX)).isEqualTo(1);
        dead.close();
        assertThat(store().size(new BlobKey("packs/dead"))).isEmpty();
    }

    @Test
    void saysWhatTheServerIs() {
        var traits = store().traits(new BlobPrefix("scratch/"));
        assertThat(traits.checksums()).isEqualTo(Answer.ENABLED);
        assertThat(traits.versioning()).isEqualTo(Answer.DISABLED);
        assertThat(traits.objectLock()).isEqualTo(Answer.UNKNOWN);
        assertThat(store().location()).endsWith("/some/prefix/").startsWith("s3://walkback-");
    }

    @Test
    void aLockThatTheServerCannotGiveIsRefused() throws IOException {
        server.makeBucket("unlocked");
        assertThatThrownBy(() -> Stores.open(server.endpoint(), "unlocked", "lock=governance&lockDays=7"))
                .hasMessageContaining("versioning is off")
                .extracting(S3ProxyContractTest::code)
                .isEqualTo(FailureCode.NOT_SUPPORTED);
    }

    @Test
    void aBucketThatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> Stores.open(server.endpoint(), "nowhere-at-all"))
                .extracting(S3ProxyContractTest::code)
                .isEqualTo(FailureCode.STORE_MISSING);
    }

    private static FailureCode code(Throwable failure) {
        return ((PlatformException) failure).code();
    }
}
