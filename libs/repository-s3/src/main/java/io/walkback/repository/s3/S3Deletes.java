package io.walkback.repository.s3;

import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.DeleteOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/// Removing objects and uploads. Thread-safe.
///
/// In a bucket that keeps versions every version is removed by its id, newest first, so that the blob itself goes
/// last and no later overwrite ever takes its place. A lock is never bypassed.
final class S3Deletes {
    private static final Logger LOG = LoggerFactory.getLogger(S3Deletes.class);

    private final S3Bucket bucket;

    S3Deletes(S3Bucket bucket) {
        this.bucket = bucket;
    }

    DeleteOutcome delete(BlobKey key) {
        if (!bucket.isVersioned()) {
            if (bucket.look(key).isEmpty()) {
                return DeleteOutcome.ABSENT;
            }
            return remove(key, Optional.empty());
        }
        bucket.forget(key);
        DeleteOutcome outcome = DeleteOutcome.ABSENT;
        for (S3Bucket.Version version : bucket.versions(key)) {
            DeleteOutcome one = remove(key, Optional.of(version));
            boolean first = !version.marker() && outcome == DeleteOutcome.ABSENT;
            if (one == DeleteOutcome.RETAINED || first) {
                outcome = one;
            }
        }
        bucket.forget(key);
        return outcome;
    }

    private DeleteOutcome remove(BlobKey key, Optional<S3Bucket.Version> version) {
        String what = "deleting object '" + key + "'";
        try {
            bucket.calls().ask(what, () -> bucket.client()
                    .deleteObject(DeleteObjectRequest.builder()
                            .bucket(bucket.name())
                            .key(bucket.objectName(key))
                            .versionId(version.map(S3Bucket.Version::id).orElse(null))
                            .build()));
            return DeleteOutcome.DELETED;
        } catch (S3Calls.Refused refused) {
            boolean denied = refused.fault() == S3Fault.DENIED || refused.fault() == S3Fault.REFUSED;
            if (refused.fault() == S3Fault.NOT_THERE) {
                return DeleteOutcome.ABSENT;
            }
            if (denied && version.isPresent() && isLocked(key, version.get())) {
                return DeleteOutcome.RETAINED;
            }
            throw bucket.calls().failures().of(what, refused.failure());
        }
    }

    private boolean isLocked(BlobKey key, S3Bucket.Version version) {
        if (version.marker()) {
            return false;
        }
        Instant now = bucket.now();
        return S3Locks.lockEnd(S3Locks.head(bucket, key, version.id()))
                .filter(end -> end.isAfter(now))
                .isPresent();
    }

    /// Drops uploads below the prefix that began before `floor`, and returns how many: they are billed, and no
    /// listing of objects shows them (pitfall 64).
    int sweep(Instant floor) {
        int swept = 0;
        String keyMarker = null;
        String uploadMarker = null;
        while (true) {
            String afterKey = keyMarker;
            String afterUpload = uploadMarker;
            ListMultipartUploadsResponse page = bucket.calls().run("listing uploads", () -> bucket.client()
                    .listMultipartUploads(request -> request.bucket(bucket.name())
                            .prefix(bucket.settings().prefix())
                            .keyMarker(afterKey)
                            .uploadIdMarker(afterUpload)));
            swept += drop(page.uploads(), floor);
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return swept;
            }
            keyMarker = page.nextKeyMarker();
            uploadMarker = page.nextUploadIdMarker();
        }
    }

    private int drop(List<MultipartUpload> uploads, Instant floor) {
        S3Puts puts = new S3Puts(bucket);
        int dropped = 0;
        for (MultipartUpload upload : uploads) {
            Optional<BlobKey> key = bucket.key(upload.key());
            if (key.isEmpty() || !upload.initiated().isBefore(floor)) {
                continue;
            }
            try {
                puts.abort(key.get(), upload.uploadId());
                dropped++;
            } catch (PlatformException kept) {
                LOG.atWarn()
                        .addKeyValue("object", key.get())
                        .addKeyValue("failureCode", kept.code())
                        .setCause(kept)
                        .log("upload left behind");
            }
        }
        return dropped;
    }
}
