package io.walkback.repository.blob;

/// What became of a blob that was to be deleted.
public enum DeleteOutcome {
    /// It was there and is gone, with every version of it.
    DELETED,
    /// There was none.
    ABSENT,
    /// The store keeps it until its lock ends ([BlobLocks#retainedUntil]): not a failure, but to be tried later.
    RETAINED
}
