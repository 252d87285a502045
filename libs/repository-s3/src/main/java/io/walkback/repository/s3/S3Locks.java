package io.walkback.repository.s3;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

/// Object Lock, on the version that readers take. Thread-safe.
final class S3Locks implements BlobLocks {
    private final S3Bucket bucket;
    private final BlobLock lock;

    S3Locks(S3Bucket bucket, BlobLock lock) {
        this.bucket = bucket;
        this.lock = lock;
    }

    @Override
    public Mode mode() {
        return lock.mode();
    }

    @Override
    public Instant retainUntil() {
        return bucket.lockEnd().orElseThrow();
    }

    @Override
    public void extendRetention(BlobKey key, Instant until) {
        String version = versionOf(key);
        HeadObjectResponse head = head(bucket, key, version);
        Instant now = head.objectLockRetainUntilDate();
        boolean strong = head.objectLockMode() == ObjectLockMode.COMPLIANCE;
        boolean weaker = lock.mode() == Mode.COMPLIANCE && !strong;
        if (now != null && !now.isBefore(until) && !weaker) {
            return;
        }
        ObjectLockRetentionMode mode = strong || lock.mode() == Mode.COMPLIANCE
                ? ObjectLockRetentionMode.COMPLIANCE
                : ObjectLockRetentionMode.GOVERNANCE;
        Instant later = now != null && now.isAfter(until) ? now : until;
        bucket.calls().run("locking object '" + key + "'", () -> bucket.client()
                .putObjectRetention(request -> request.bucket(bucket.name())
                        .key(bucket.objectName(key))
                        .versionId(version)
                        .retention(retention -> retention.mode(mode).retainUntilDate(later))));
    }

    @Override
    public Optional<Instant> retainedUntil(BlobKey key) {
        return lockEnd(head(bucket, key, versionOf(key)));
    }

    private String versionOf(BlobKey key) {
        return bucket.versionToRead(key)
                .orElseThrow(() -> new CorruptDataException(
                        FailureCode.OBJECT_MISSING,
                        "object '" + key + "' is not in repository '"
                                + bucket.settings().location() + "'",
                        "Something outside Walkback removed it, or the repository is not the one it was written to."));
    }

    static HeadObjectResponse head(S3Bucket bucket, BlobKey key, String version) {
        try {
            return bucket.headRequest(key, Optional.of(version));
        } catch (S3Calls.Refused refused) {
            throw bucket.calls().failures().of("asking for the lock of object '" + key + "'", refused.failure());
        }
    }

    /// When the lock of an object ends; [Instant#MAX] under a legal hold.
    static Optional<Instant> lockEnd(HeadObjectResponse head) {
        return head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON
                ? Optional.of(Instant.MAX)
                : Optional.ofNullable(head.objectLockRetainUntilDate());
    }
}
