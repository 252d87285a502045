package io.walkback.repository.manifest;

import io.walkback.repository.blob.BlobLocks;
import java.time.Instant;

/// How a backup was to be locked when it was committed: its manifest and everything that this names. Whoever looks
/// for locks later compares with this, whatever policies and addresses say by then.
///
/// @param until to the microsecond; what the manifest names may be locked a little shorter
public record PromisedLock(BlobLocks.Mode mode, Instant until) {}
