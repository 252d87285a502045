package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One backup as the catalog knows it. Key: database/backupId.
///
/// @param header id, database, time and version of this record
/// @param backupId the backup
/// @param type whether pages or rows were copied
/// @param status where it is in its life
/// @param requestedBy who asked
/// @param requestedAt when it was asked for
/// @param labels labels of the request
/// @param attempts attempts so far
/// @param extent what was copied; null until it was
/// @param startedAt when the attempt that made it began
/// @param completedAt when it became COMPLETED
/// @param reusedBytes plain bytes that an earlier backup had already stored
/// @param failure the newest failure
/// @param proof what the newest rehearsal said
/// @param verifiedAt when all of its closure had last been read back
/// @param copies in how many places it is whole, with the WAL that it needs: 1, and 2 once the second place has it
public record BackupCatalogEntry(
        EventHeader header,
        BackupId backupId,
        BackupType type,
        BackupStatus status,
        String requestedBy,
        Instant requestedAt,
        Map<String, String> labels,
        int attempts,
        @Nullable BackupExtent extent,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        @Nullable Long reusedBytes,
        @Nullable FailureState failure,
        @Nullable ProofState proof,
        @Nullable Instant verifiedAt,
        int copies)
        implements State {
    public BackupCatalogEntry {
        requestedAt = requestedAt.truncatedTo(ChronoUnit.MICROS);
        labels = Map.copyOf(labels);
        startedAt = startedAt == null ? null : startedAt.truncatedTo(ChronoUnit.MICROS);
        completedAt = completedAt == null ? null : completedAt.truncatedTo(ChronoUnit.MICROS);
        verifiedAt = verifiedAt == null ? null : verifiedAt.truncatedTo(ChronoUnit.MICROS);
    }
}
