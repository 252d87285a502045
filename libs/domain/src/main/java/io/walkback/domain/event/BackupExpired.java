package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import io.walkback.domain.operation.OperationId;

/// A backup's manifest is gone; what no other closure holds will be swept.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param operationId the expiry that removed it
/// @param reason the rule, or the person, that let it go
public record BackupExpired(EventHeader header, BackupId backupId, OperationId operationId, String reason)
        implements Event {}
