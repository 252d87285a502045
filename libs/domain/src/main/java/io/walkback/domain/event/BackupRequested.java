package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A backup is wanted. It becomes at most one backup, however often it is delivered (P8).
///
/// @param header id, database, time and version of this record
/// @param requestId whoever asks picks it; a repetition carries the same one
/// @param backupId the id that the backup will have
/// @param type whether pages or rows are to be copied
/// @param requestedBy who asked
/// @param notAfter later than this the request is stale and is not carried out
/// @param labels what a worker must offer, such as region
/// @param occurrenceId the run of a schedule that this is; null when a person asked
/// @param pgMajor major version that a worker must handle; null when unknown
/// @param dbnames of a logical backup: what to dump, none for all; of a physical one always none
public record BackupRequested(
        EventHeader header,
        String requestId,
        BackupId backupId,
        BackupType type,
        String requestedBy,
        Instant notAfter,
        Map<String, String> labels,
        @Nullable String occurrenceId,
        @Nullable Integer pgMajor,
        List<String> dbnames)
        implements Event {
    public BackupRequested {
        notAfter = notAfter.truncatedTo(ChronoUnit.MICROS);
        labels = Map.copyOf(labels);
        dbnames = List.copyOf(dbnames);
    }
}
