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
/// @param serverVersion the server's own server_version_num
/// @param walSegmentSize bytes per WAL segment of this cluster
/// @param sizeBytes plain bytes of all files
/// @param storedBytes bytes that this backup added to the repository
/// @param manifestDigest digest of the committed manifest, `sha256:` and 64 hexadecimal digits
/// @param pageChecksumErrors relation pages that did not match their checksum
public record BackupExtent(
        Lsn startLsn,
        Lsn stopLsn,
        TimelineId timeline,
        SystemIdentifier systemIdentifier,
        int serverVersion,
        int walSegmentSize,
        long sizeBytes,
        long storedBytes,
        String manifestDigest,
        long pageChecksumErrors) {}
