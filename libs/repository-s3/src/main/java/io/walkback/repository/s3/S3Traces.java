package io.walkback.repository.s3;

import io.walkback.repository.blob.BlobListing;
import io.walkback.repository.blob.BlobPrefix;
import io.walkback.repository.blob.BlobTrace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/// What was done to objects after they were written, as a bucket with versions shows it: a version that is not the
/// oldest of its name is an overwrite, and a delete marker hides a name that has a version.
///
/// Versions of one name stand together, newest first, and may go on in the next page.
final class S3Traces {
    private final S3Bucket bucket;
    private final S3Listings listings;

    S3Traces(S3Bucket bucket) {
        this.bucket = bucket;
        this.listings = new S3Listings(bucket);
    }

    BlobListing<BlobTrace> below(BlobPrefix prefix) {
        return bucket.isVersioned() ? new S3Pages<>(() -> page(prefix, null, null, Open.NOTHING)) : BlobListing.empty();
    }

    /// What is not decided at the end of a page.
    ///
    /// @param version the last one, which is an overwrite if the next page begins with an older one
    /// @param markers of the name that the page ended with, which hide something if a version of it follows
    private record Open(@Nullable ObjectVersion version, List<DeleteMarkerEntry> markers) {
        static final Open NOTHING = new Open(null, List.of());
    }

    private S3Pages.Page<BlobTrace> page(
            BlobPrefix prefix, @Nullable String keyMarker, @Nullable String versionMarker, Open open) {
        ListObjectVersionsResponse page = listings.versionPage(prefix, null, keyMarker, versionMarker);
        List<BlobTrace> traces = new ArrayList<>();
        List<DeleteMarkerEntry> markers = new ArrayList<>(open.markers());
        markers.addAll(page.deleteMarkers());
        ObjectVersion before = open.version();
        for (ObjectVersion version : page.versions()) {
            if (before != null && before.key().equals(version.key())) {
                add(traces, before.key(), BlobTrace.Kind.OVERWRITTEN, before.lastModified());
            }
            before = version;
        }
        ObjectVersion first = open.version();
        List<DeleteMarkerEntry> undecided = new ArrayList<>();
        for (DeleteMarkerEntry marker : markers) {
            boolean hides = (first != null && first.key().equals(marker.key()))
                    || page.versions().stream()
                            .anyMatch(version -> version.key().equals(marker.key()));
            if (hides) {
                add(traces, marker.key(), BlobTrace.Kind.HIDDEN, marker.lastModified());
            } else if (marker.key().equals(page.nextKeyMarker())) {
                undecided.add(marker);
            }
        }
        if (!Boolean.TRUE.equals(page.isTruncated())) {
            return new S3Pages.Page<>(traces, Optional.empty());
        }
        Open next = new Open(before, List.copyOf(undecided));
        return new S3Pages.Page<>(
                traces, Optional.of(() -> page(prefix, page.nextKeyMarker(), page.nextVersionIdMarker(), next)));
    }

    private void add(List<BlobTrace> traces, String object, BlobTrace.Kind kind, Instant at) {
        bucket.key(object).ifPresent(key -> traces.add(new BlobTrace(key, kind, at)));
    }
}
