package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;

/// What a copied backup spans and weighs.
///
/// @param startLsn where recovery of this backup begins
/// @param stopLsn where it is first consistent; all WAL between is needed
/// @param timeline timeline of both positions
/// @param systemIdentifier the cluster that was copied
/// @param sizeBytes plain bytes of all files
/// @param storedBytes bytes that this backup added to the repository
/// @param manifestDigest digest of the committed manifest, lower-case hexadecimal
public record BackupExtent(
        Lsn startLsn,
        Lsn stopLsn,
        TimelineId timeline,
        SystemIdentifier systemIdentifier,
        long sizeBytes,
        long storedBytes,
        String manifestDigest) {}
