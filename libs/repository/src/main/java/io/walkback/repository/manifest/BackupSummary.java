package io.walkback.repository.manifest;

import io.walkback.domain.BackupId;
import io.walkback.repository.blob.BlobKey;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// All of a manifest but its files: what listing, planning and the catalog need.
///
/// @param attempt      whose packs hold what was new
/// @param manifest     where it is
/// @param manifestSize bytes of the manifest object
/// @param lock         how it was to be locked when it was committed; empty: not at all
public record BackupSummary(
        BackupId id,
        UUID attempt,
        BlobKey manifest,
        long manifestSize,
        Instant createdAt,
        BackupFacts facts,
        BackupStatistics statistics,
        Optional<PreviousBackup> previous,
        Optional<PromisedLock> lock) {}
