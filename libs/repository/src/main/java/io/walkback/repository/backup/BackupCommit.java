package io.walkback.repository.backup;

import io.walkback.repository.manifest.BackupSummary;
import io.walkback.repository.manifest.ManifestDigest;

/// A backup that is committed.
///
/// @param adopted another attempt had committed this backup first, and its manifest is the one described here
public record BackupCommit(BackupSummary summary, ManifestDigest digest, boolean adopted) {}
