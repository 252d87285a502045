package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobEntry;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/// What lies below a prefix, a thousand names to a request. In a bucket that keeps versions a name is there as long
/// as any version of it is: delete markers hide nothing. Names that cannot be keys are not ours, and are left out.
final class S3Listings {
    private static final String FOLDER = "/";

    private final S3Bucket bucket;

    S3Listings(S3Bucket bucket) {
        this.bucket = bucket;
    }

    BlobListing<BlobEntry> blobs(BlobPrefix prefix) {
        return new S3Pages<>(() -> bucket.isVersioned() ? versions(prefix, null, null, null) : current(prefix, null));
    }

    BlobListing<String> folders(BlobPrefix prefix) {
        return new S3Pages<>(() -> bucket.isVersioned() ? versionFolders(prefix, null) : currentFolders(prefix, null));
    }

    private S3Pages.Page<BlobEntry> current(BlobPrefix prefix, @Nullable String token) {
        ListObjectsV2Response page = objects(prefix, null, token);
        List<BlobEntry> entries = page.contents().stream()
                .flatMap(
                        object -> bucket
                                .key(object.key())
                                .map(key -> new BlobEntry(key, object.size(), object.lastModified()))
                                .stream())
                .toList();
        return new S3Pages.Page<>(entries, next(page).map(from -> () -> current(prefix, from)));
    }

    private S3Pages.Page<String> currentFolders(BlobPrefix prefix, @Nullable String token) {
        ListObjectsV2Response page = objects(prefix, FOLDER, token);
        List<String> folders = page.commonPrefixes().stream()
                .flatMap(common -> folder(prefix, common.prefix()).stream())
                .toList();
        return new S3Pages.Page<>(folders, next(page).map(from -> () -> currentFolders(prefix, from)));
    }

    private ListObjectsV2Response objects(BlobPrefix prefix, @Nullable String delimiter, @Nullable String token) {
        return bucket.calls().run("listing '" + prefix + "'", () -> bucket.client()
                .listObjectsV2(request -> request.bucket(bucket.name())
                        .prefix(bucket.settings().prefix() + prefix.value())
                        .delimiter(delimiter)
                        .continuationToken(token)));
    }

    private static Optional<String> next(ListObjectsV2Response page) {
        return Boolean.TRUE.equals(page.isTruncated())
                ? Optional.ofNullable(page.nextContinuationToken())
                : Optional.empty();
    }

    /// Versions of one name stand together, newest first, and may go on in the next page; the last one is the blob.
    ///
    /// @param pending the oldest version seen so far of the name that the page before ended with
    private S3Pages.Page<BlobEntry> versions(
            BlobPrefix prefix,
            @Nullable String keyMarker,
            @Nullable String versionMarker,
            @Nullable ObjectVersion pending) {
        ListObjectVersionsResponse page = versionPage(prefix, null, keyMarker, versionMarker);
        List<BlobEntry> entries = new ArrayList<>();
        ObjectVersion candidate = pending;
        for (ObjectVersion version : page.versions()) {
            if (candidate != null && !candidate.key().equals(version.key())) {
                entry(candidate).ifPresent(entries::add);
            }
            candidate = version;
        }
        if (Boolean.TRUE.equals(page.isTruncated())) {
            ObjectVersion open = candidate;
            return new S3Pages.Page<>(
                    entries,
                    Optional.of(() -> versions(prefix, page.nextKeyMarker(), page.nextVersionIdMarker(), open)));
        }
        if (candidate != null) {
            entry(candidate).ifPresent(entries::add);
        }
        return new S3Pages.Page<>(entries, Optional.empty());
    }

    private Optional<BlobEntry> entry(ObjectVersion version) {
        return bucket.key(version.key()).map(key -> new BlobEntry(key, version.size(), version.lastModified()));
    }

    /// The store's common prefixes cover versions, and delete markers as well: a folder counts when a version is
    /// in it.
    private S3Pages.Page<String> versionFolders(BlobPrefix prefix, @Nullable String keyMarker) {
        ListObjectVersionsResponse page = versionPage(prefix, FOLDER, keyMarker, null);
        List<String> folders = new ArrayList<>();
        page.commonPrefixes().forEach(common -> folder(prefix, common.prefix())
                .filter(name -> holdsSomething(prefix, name))
                .ifPresent(folders::add));
        return new S3Pages.Page<>(
                folders,
                Boolean.TRUE.equals(page.isTruncated())
                        ? Optional.of(() -> versionFolders(prefix, page.nextKeyMarker()))
                        : Optional.empty());
    }

    private boolean holdsSomething(BlobPrefix prefix, String folder) {
        try (BlobListing<BlobEntry> below = blobs(BlobPrefix.below(prefix.child(folder)))) {
            return below.hasNext();
        }
    }

    ListObjectVersionsResponse versionPage(
            BlobPrefix prefix, @Nullable String delimiter, @Nullable String keyMarker, @Nullable String versionMarker) {
        return bucket.calls().run("listing '" + prefix + "'", () -> bucket.client()
                .listObjectVersions(request -> request.bucket(bucket.name())
                        .prefix(bucket.settings().prefix() + prefix.value())
                        .delimiter(delimiter)
                        .keyMarker(keyMarker)
                        .versionIdMarker(versionMarker)));
    }

    private Optional<String> folder(BlobPrefix prefix, String common) {
        String name = common.substring(
                (bucket.settings().prefix() + prefix.value()).length(), common.length() - FOLDER.length());
        return BlobKey.isValid(prefix.value() + name) ? Optional.of(name) : Optional.empty();
    }
}
