package io.walkback.domain.event;

import io.walkback.domain.BackupId;

/// All files are in the repository and the manifest is committed; WAL may still be missing (AWAITING_WAL).
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param extent what was copied
public record BackupCopied(EventHeader header, BackupId backupId, BackupExtent extent) implements Event {}
