package io.walkback.repository.manifest;

import io.walkback.domain.BackupId;

/// The backup that unchanged extents were taken over from.
public record PreviousBackup(BackupId id, ManifestDigest digest) {}
