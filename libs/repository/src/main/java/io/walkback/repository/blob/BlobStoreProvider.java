package io.walkback.repository.blob;

import java.net.URI;

/// Opens the stores of one URL scheme. Found by [java.util.ServiceLoader], so that the repository knows no
/// technology.
public interface BlobStoreProvider {
    /// The scheme, lower case, without a colon: `file`, `s3`.
    String scheme();

    /// Opens the store at a URL of that scheme, without creating or changing anything in it.
    BlobStore open(URI url);

    /// Makes the empty place that [#open] expects, where that can be done, and opens it.
    BlobStore create(URI url);
}
