package io.walkback.repository.blob;

import java.time.Instant;

/// What a listing tells of a blob.
///
/// @param storedAt when it was published, by the store's own clock
public record BlobEntry(BlobKey key, long size, Instant storedAt) {}
