package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLocks;
import io.walkback.repository.blob.PutOutcome;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// The requests that carry bytes, each with their CRC32C, which the store checks before it accepts them. Headers
/// for encryption, class and lock are sent only when they are set, since many stores refuse what they do not know.
/// Thread-safe.
final class S3Puts {
    private static final String CONTENT_TYPE = "application/octet-stream";

    /// Null is a header that is not sent.
    private record Headers(
            @Nullable ServerSideEncryption encryption,
            @Nullable String kmsKeyId,
            @Nullable String storageClass,
            @Nullable ObjectLockMode lockMode,
            @Nullable Instant lockEnd) {}

    private final S3Bucket bucket;

    S3Puts(S3Bucket bucket) {
        this.bucket = bucket;
    }

    /// Publishes a blob by one request.
    PutOutcome whole(BlobKey key, byte[] bytes, int length) {
        Published published = Published.of(key, length);
        String checksum = crc32c(bytes, length);
        return published.by(bucket, () -> {
            Headers headers = headers();
            PutObjectRequest request = PutObjectRequest.builder()
                    .bucket(bucket.name())
                    .key(bucket.objectName(key))
                    .ifNoneMatch("*")
                    .checksumCRC32C(checksum)
                    .contentType(CONTENT_TYPE)
                    .metadata(Map.of(S3Bucket.TOKEN, published.token()))
                    .serverSideEncryption(headers.encryption())
                    .ssekmsKeyId(headers.kmsKeyId())
                    .storageClass(headers.storageClass())
                    .objectLockMode(headers.lockMode())
                    .objectLockRetainUntilDate(headers.lockEnd())
                    .overrideConfiguration(o ->
                            o.apiCallAttemptTimeout(bucket.calls().patience().attemptFor(length)))
                    .build();
            return required(
                    bucket.client().putObject(request, body(bytes, length)).eTag());
        });
    }

    /// Starts an upload in parts and returns its id.
    String start(Published published) {
        return bucket.calls().run("starting object '" + published.key() + "'", () -> {
            Headers headers = headers();
            CreateMultipartUploadRequest request = CreateMultipartUploadRequest.builder()
                    .bucket(bucket.name())
                    .key(bucket.objectName(published.key()))
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                    .contentType(CONTENT_TYPE)
                    .metadata(Map.of(S3Bucket.TOKEN, published.token()))
                    .serverSideEncryption(headers.encryption())
                    .ssekmsKeyId(headers.kmsKeyId())
                    .storageClass(headers.storageClass())
                    .objectLockMode(headers.lockMode())
                    .objectLockRetainUntilDate(headers.lockEnd())
                    .build();
            return required(bucket.client().createMultipartUpload(request).uploadId());
        });
    }

    CompletedPart part(BlobKey key, String upload, int number, byte[] bytes, int length) {
        String checksum = crc32c(bytes, length);
        return bucket.calls().run("storing part " + number + " of object '" + key + "'", () -> {
            UploadPartRequest request = UploadPartRequest.builder()
                    .bucket(bucket.name())
                    .key(bucket.objectName(key))
                    .uploadId(upload)
                    .partNumber(number)
                    .checksumCRC32C(checksum)
                    .overrideConfiguration(o ->
                            o.apiCallAttemptTimeout(bucket.calls().patience().attemptFor(length)))
                    .build();
            String etag = required(
                    bucket.client().uploadPart(request, body(bytes, length)).eTag());
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(etag)
                    .checksumCRC32C(checksum)
                    .build();
        });
    }

    /// Publishes the parts as one blob. The SDK throws for an error that stands in the body of a 200; an answer
    /// without an ETag is none either.
    PutOutcome complete(Published published, String upload, List<CompletedPart> parts) {
        return published.by(bucket, () -> {
            CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                    .bucket(bucket.name())
                    .key(bucket.objectName(published.key()))
                    .uploadId(upload)
                    .ifNoneMatch("*")
                    .multipartUpload(u -> u.parts(parts))
                    // A store puts gigabytes together before it answers.
                    .overrideConfiguration(o -> o.apiCallAttemptTimeout(
                            bucket.calls().patience().attempt().multipliedBy(5)))
                    .build();
            return required(bucket.client().completeMultipartUpload(request).eTag());
        });
    }

    void abort(BlobKey key, String upload) {
        try {
            bucket.calls().ask("dropping object '" + key + "'", () -> bucket.client()
                    .abortMultipartUpload(request -> request.bucket(bucket.name())
                            .key(bucket.objectName(key))
                            .uploadId(upload)));
        } catch (S3Calls.Refused refused) {
            if (refused.fault() != S3Fault.UPLOAD_GONE && refused.fault() != S3Fault.NOT_THERE) {
                throw bucket.calls().failures().of("dropping object '" + key + "'", refused.failure());
            }
        }
    }

    private Headers headers() {
        S3Settings settings = bucket.settings();
        return new Headers(
                switch (settings.encryption()) {
                    case NONE -> null;
                    case AES256 -> ServerSideEncryption.AES256;
                    case KMS -> ServerSideEncryption.AWS_KMS;
                },
                settings.kmsKeyId().orElse(null),
                settings.storageClass().orElse(null),
                settings.lock().map(lock -> mode(lock.mode())).orElse(null),
                bucket.lockEnd().orElse(null));
    }

    private static ObjectLockMode mode(BlobLocks.Mode mode) {
        return switch (mode) {
            case GOVERNANCE -> ObjectLockMode.GOVERNANCE;
            case COMPLIANCE -> ObjectLockMode.COMPLIANCE;
        };
    }

    private static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, CONTENT_TYPE);
    }

    private static String required(String answer) {
        if (answer == null || answer.isEmpty()) {
            throw SdkClientException.create("the answer names no object", new EOFException("an empty answer"));
        }
        return answer;
    }

    static String crc32c(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) sum.getValue())
                        .array());
    }
}
