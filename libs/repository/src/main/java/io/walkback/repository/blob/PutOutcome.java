package io.walkback.repository.blob;

/// Who holds the key after a put.
public enum PutOutcome {
    /// This call published the blob.
    CREATED,
    /// A blob was there already, with equal or other content, and was left as it is.
    ALREADY_THERE
}
