package io.walkback.repository.s3;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobKey;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/// One bucket and prefix: names of objects, and which object is a blob. Thread-safe.
///
/// In a bucket that keeps versions the blob is the oldest version of its name. That costs one listing request for
/// each name, remembered for the last few thousand of them: the oldest version changes only when it is deleted.
final class S3Bucket {
    /// User metadata that says who wrote an object.
    static final String TOKEN = "walkback-put";
    /// Not worth more: a backup has a pack for each few tens of MiB, and reads them one after the other.
    private static final int REMEMBERED = 4_096;

    /// What is under a name.
    ///
    /// @param version empty in a bucket without versions
    /// @param token   who wrote it, if the store keeps such notes
    record Found(long size, String etag, Optional<String> version, Optional<String> token) {}

    /// One version of a name, or a delete marker over it.
    record Version(String id, boolean marker, Instant at) {}

    private final S3Client client;
    private final S3Settings settings;
    private final S3Calls calls;
    private final Clock clock;
    private final boolean versioned;
    private final Map<BlobKey, String> oldest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<BlobKey, String> eldest) {
            return size() > REMEMBERED;
        }
    };

    S3Bucket(S3Client client, S3Settings settings, S3Calls calls, Clock clock, boolean versioned) {
        this.client = client;
        this.settings = settings;
        this.calls = calls;
        this.clock = clock;
        this.versioned = versioned;
    }

    /// The same bucket under other settings, which keeps versions for certain.
    S3Bucket versioned(S3Settings other) {
        return new S3Bucket(client, other, calls, clock, true);
    }

    S3Client client() {
        return client;
    }

    S3Settings settings() {
        return settings;
    }

    S3Calls calls() {
        return calls;
    }

    String name() {
        return settings.bucket();
    }

    boolean isVersioned() {
        return versioned;
    }

    Instant now() {
        return clock.instant();
    }

    String objectName(BlobKey key) {
        return settings.prefix() + key.value();
    }

    /// The name of an object below the prefix, which is a key unless something that is not ours lies there.
    Optional<BlobKey> key(String objectName) {
        String inner = objectName.substring(settings.prefix().length());
        return BlobKey.isValid(inner) ? Optional.of(new BlobKey(inner)) : Optional.empty();
    }

    /// Until when an object is locked that is written now, in whole seconds; empty where none is locked.
    Optional<Instant> lockEnd() {
        return settings.lock().map(lock -> clock.instant().plus(lock.lasts()).truncatedTo(ChronoUnit.SECONDS));
    }

    /// The version that reads of the blob must name; empty in a bucket without versions. Throws nothing for an
    /// absent blob: the second element of the answer is what the read finds.
    Optional<String> versionToRead(BlobKey key) {
        if (!versioned) {
            return Optional.empty();
        }
        synchronized (oldest) {
            String known = oldest.get(key);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<String> found = findOldest(key);
        if (found.isPresent()) {
            synchronized (oldest) {
                oldest.put(key, found.get());
            }
        }
        return found;
    }

    void forget(BlobKey key) {
        synchronized (oldest) {
            oldest.remove(key);
        }
    }

    private Optional<String> findOldest(BlobKey key) {
        return versions(key).stream()
                .filter(version -> !version.marker())
                .reduce((_, older) -> older)
                .map(Version::id);
    }

    /// All versions and delete markers of one name, newest first.
    List<Version> versions(BlobKey key) {
        String name = objectName(key);
        List<Version> all = new ArrayList<>();
        String keyMarker = null;
        String versionMarker = null;
        while (true) {
            ListObjectVersionsResponse page = versionPage(name, keyMarker, versionMarker);
            page.versions().stream()
                    .filter(version -> version.key().equals(name))
                    .forEach(version -> all.add(new Version(version.versionId(), false, version.lastModified())));
            page.deleteMarkers().stream()
                    .filter(marker -> marker.key().equals(name))
                    .forEach(marker -> all.add(new Version(marker.versionId(), true, marker.lastModified())));
            boolean past = page.versions().stream().map(ObjectVersion::key).anyMatch(key2 -> !key2.equals(name));
            if (past || !Boolean.TRUE.equals(page.isTruncated())) {
                // Versions and markers come in two lists, each newest first; the sort is stable.
                all.sort((a, b) -> b.at().compareTo(a.at()));
                return all;
            }
            keyMarker = page.nextKeyMarker();
            versionMarker = page.nextVersionIdMarker();
        }
    }

    private ListObjectVersionsResponse versionPage(
            String name, @Nullable String keyMarker, @Nullable String versionMarker) {
        return calls.run(
                "listing the versions of '" + name + "'",
                () -> client.listObjectVersions(request ->
                        request.bucket(name()).prefix(name).keyMarker(keyMarker).versionIdMarker(versionMarker)));
    }

    /// What is under a name now; empty only when the store said that there is nothing.
    Optional<Found> look(BlobKey key) {
        for (int turn = 1; ; turn++) {
            Optional<String> version = versionToRead(key);
            if (versioned && version.isEmpty()) {
                return Optional.empty();
            }
            Optional<Found> found = head(key, version);
            if (found.isPresent() || version.isEmpty() || turn == 2) {
                return found;
            }
            // The version that was remembered is deleted; another may be the oldest now.
            forget(key);
        }
    }

    private Optional<Found> head(BlobKey key, Optional<String> version) {
        try {
            HeadObjectResponse head = headRequest(key, version);
            return Optional.of(new Found(
                    head.contentLength() == null ? 0 : head.contentLength(),
                    String.valueOf(head.eTag()),
                    version,
                    Optional.ofNullable(head.metadata().get(TOKEN))));
        } catch (S3Calls.Refused refused) {
            if (refused.fault() == S3Fault.NOT_THERE || refused.fault() == S3Fault.BUCKET_GONE) {
                // Such an answer has no body to tell a missing object from a missing bucket.
                requireBucket();
                return Optional.empty();
            }
            throw calls.failures().of("asking for object '" + key + "'", refused.failure());
        }
    }

    HeadObjectResponse headRequest(BlobKey key, Optional<String> version) throws S3Calls.Refused {
        return calls.ask("asking for object '" + key + "'", () -> {
            HeadObjectRequest.Builder request =
                    HeadObjectRequest.builder().bucket(name()).key(objectName(key));
            version.ifPresent(request::versionId);
            return client.headObject(request.build());
        });
    }

    private void requireBucket() {
        try {
            calls.ask("asking for the bucket", () -> client.headBucket(request -> request.bucket(name())));
        } catch (S3Calls.Refused refused) {
            if (refused.fault() == S3Fault.NOT_THERE || refused.fault() == S3Fault.BUCKET_GONE) {
                throw bucketGone(refused);
            }
            throw calls.failures().of("asking for the bucket", refused.failure());
        }
    }

    PlatformException bucketGone(S3Calls.Refused refused) {
        return new OperatorActionException(
                FailureCode.STORE_MISSING,
                "there is no bucket '" + name() + "'",
                "Check the bucket's name, the region and the endpoint. Walkback makes no buckets.",
                refused.failure());
    }
}
