package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The backup can be restored: manifest committed, closure present, all WAL from start to stop there (P1).
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param type whether pages or rows were copied; what is logical needs no WAL
/// @param extent what was copied
/// @param startedAt when the attempt that made it began
/// @param completedAt when the last needed WAL was there
/// @param durationMs from start to completion, in milliseconds
/// @param reusedBytes plain bytes that an earlier backup had already stored; null when they were not counted
public record BackupCompleted(
        EventHeader header,
        BackupId backupId,
        BackupType type,
        BackupExtent extent,
        Instant startedAt,
        Instant completedAt,
        long durationMs,
        @Nullable Long reusedBytes)
        implements Event {
    public BackupCompleted {
        startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
        completedAt = completedAt.truncatedTo(ChronoUnit.MICROS);
    }
}
