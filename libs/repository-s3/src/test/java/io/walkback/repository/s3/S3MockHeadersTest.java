package io.walkback.repository.s3;

import static io.walkback.repository.s3.FaultyStore.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobReads;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobWriter;
import io.walkback.repository.blob.PutOutcome;
import io.walkback.repository.blob.StoreTraits;
import io.walkback.repository.blob.StoreTraits.Answer;
import io.walkback.testkit.s3.S3Mock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

/// What a server that knows more headers than s3proxy makes of our requests, and returns of them.
class S3MockHeadersTest {
    private static final String KMS_KEY = "1234abcd";

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static S3Mock server;

    @SuppressWarnings("NullAway.Init")
    private static S3Client client;

    @BeforeAll
    static void start() throws IOException {
        server = S3Mock.start(folder, "arn:aws:kms:us-east-1:111122223333:key/" + KMS_KEY);
        client = S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(Stores.credentials())
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static BlobStore store(String bucket, String query) {
        return Stores.open(server.endpoint(), bucket + "/walkback", query);
    }

    private static void keepVersions(String bucket) {
        client.putBucketVersioning(request -> request.bucket(bucket)
                .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
    }

    private static HeadObjectResponse head(String bucket, BlobKey key) {
        return client.headObject(
                request -> request.bucket(bucket).key("walkback/" + key).checksumMode(ChecksumMode.ENABLED));
    }

    private static PutOutcome write(BlobStore store, BlobKey key, byte[] content) {
        try (BlobWriter writer = store.newWriter(key)) {
            writer.write(content, 0, content.length);
            return writer.commit();
        }
    }

    @Test
    void aPutKeepsItsChecksumTokenTypeClassAndEncryption() {
        // Given
        client.createBucket(request -> request.bucket("whole"));
        byte[] content = FaultyStore.noise(1000);
        try (BlobStore store = store("whole", "sse=AES256&storageClass=STANDARD_IA")) {
            // When
            PutOutcome outcome = store.putIfAbsent(KEY, content);
            // Then
            HeadObjectResponse head = head("whole", KEY);
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            assertThat(head.checksumCRC32C()).isEqualTo(S3Puts.crc32c(content, content.length));
            assertThat(head.metadata()).containsOnlyKeys(S3Bucket.TOKEN);
            assertThat(head.contentType()).isEqualTo("application/octet-stream");
            assertThat(head.contentEncoding()).as("no chunked signing").isNull();
            assertThat(head.storageClassAsString()).isEqualTo("STANDARD_IA");
            assertThat(head.serverSideEncryptionAsString()).isEqualTo("AES256");
            assertThat(BlobReads.all(store, KEY, 1000)).isEqualTo(content);
        }
    }

    @Test
    void anUploadInPartsKeepsThemTooAndTheChecksumsOfItsParts() {
        // Given
        client.createBucket(request -> request.bucket("parts"));
        byte[] content = FaultyStore.longNoise();
        try (BlobStore store = store("parts", "")) {
            // When
            PutOutcome outcome = write(store, KEY, content);
            // Then
            HeadObjectResponse head = head("parts", KEY);
            assertThat(outcome).isEqualTo(PutOutcome.CREATED);
            assertThat(head.contentLength()).isEqualTo(content.length);
            assertThat(head.checksumCRC32C()).as("of the parts' checksums").endsWith("-3");
            assertThat(head.metadata()).containsOnlyKeys(S3Bucket.TOKEN);
            assertThat(BlobReads.all(store, KEY, content.length)).isEqualTo(content);
        }
    }

    @Test
    void aPutUnderAKeyOfTheStoresKeyServiceNamesIt() {
        // Given
        client.createBucket(request -> request.bucket("sse-kms"));
        try (BlobStore store = store("sse-kms", "sse=aws:kms&kmsKeyId=" + KMS_KEY)) {
            // When
            store.putIfAbsent(KEY, new byte[10]);
            // Then
            HeadObjectResponse head = head("sse-kms", KEY);
            assertThat(head.serverSideEncryptionAsString()).isEqualTo("aws:kms");
            assertThat(head.ssekmsKeyId()).contains(KMS_KEY);
        }
    }

    @Test // P4
    void aTakenNameIsRefusedByTheConditionOfEitherKindOfPut() {
        // Given
        client.createBucket(request -> request.bucket("taken"));
        try (BlobStore store = store("taken", "")) {
            store.putIfAbsent(KEY, new byte[] {1, 2, 3});
            String token = head("taken", KEY).metadata().get(S3Bucket.TOKEN);
            // When, then
            assertThat(store.putIfAbsent(KEY, new byte[] {4})).isEqualTo(PutOutcome.ALREADY_THERE);
            assertThat(BlobReads.all(store, KEY, 10)).containsExactly(1, 2, 3);
            assertThat(head("taken", KEY).metadata()).containsEntry(S3Bucket.TOKEN, token);
            // What is under the name afterwards is not looked at: S3Mock 5.2.0 deletes the object when an upload to its
            // name is aborted.
            assertThat(write(store, KEY, FaultyStore.longNoise())).isEqualTo(PutOutcome.ALREADY_THERE);
            assertThat(client.listMultipartUploads(request -> request.bucket("taken"))
                            .uploads())
                    .isEmpty();
        }
    }

    @Test // F31
    void theOldestVersionIsReadAndTheServersWordForVersioningIsUnderstood() {
        // Given
        client.createBucket(request -> request.bucket("versions"));
        keepVersions("versions");
        try (BlobStore store = store("versions", "")) {
            store.putIfAbsent(KEY, new byte[] {1, 2, 3});
            // When
            client.putObject(
                    request -> request.bucket("versions").key("walkback/" + KEY),
                    RequestBody.fromBytes(new byte[] {6}));
            client.deleteObject(request -> request.bucket("versions").key("walkback/" + KEY));
            // Then
            assertThat(BlobReads.all(store, KEY, 10)).containsExactly(1, 2, 3);
            StoreTraits traits = store.traits(new BlobPrefix("scratch/"));
            assertThat(traits.versioning()).isEqualTo(Answer.ENABLED);
            assertThat(traits.mfaDelete()).isEqualTo(Answer.DISABLED);
            assertThat(traits.checksums()).isEqualTo(Answer.ENABLED);
        }
    }

    @Test
    void aLockThatIsExtendedIsKeptWithModeAndTime() {
        // Given
        client.createBucket(request -> request.bucket("locked").objectLockEnabledForBucket(true));
        keepVersions("locked");
        try (BlobStore store = store("locked", "");
                BlobStore locking = store.locking(new BlobLock(BlobLocks.Mode.GOVERNANCE, Duration.ofDays(3)))) {
            assertThat(locking.putIfAbsent(KEY, new byte[10])).isEqualTo(PutOutcome.CREATED);
            Instant until = Instant.parse("2036-01-02T03:04:05Z");
            // When
            locking.locks().orElseThrow().extendRetention(KEY, until);
            // Then
            ObjectLockRetention kept = client.getObjectRetention(
                            request -> request.bucket("locked").key("walkback/" + KEY))
                    .retention();
            assertThat(kept.mode()).isEqualTo(ObjectLockRetentionMode.GOVERNANCE);
            assertThat(kept.retainUntilDate()).isEqualTo(until);
            assertThat(store.traits(new BlobPrefix("scratch/")).objectLock()).isEqualTo(Answer.ENABLED);
        }
    }
}
