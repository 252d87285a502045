package io.walkback.domain.event;

import io.walkback.domain.BackupId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which backups of a database are in fewer places than its policy wants, for longer than that may last. Told when
/// the answer changes, and once after a start of whoever looks.
///
/// @param header id, database and time of this record
/// @param overdue the oldest first, at most 100; none: all are where they are to be, or it is not too late yet
/// @param since when the oldest of them was completed; null with none
public record CopiesChecked(
        EventHeader header,
        List<BackupId> overdue,
        @Nullable Instant since) implements Event {
    /// How many are named at most.
    public static final int NAMED = 100;

    public CopiesChecked {
        overdue = List.copyOf(overdue);
        since = since == null ? null : since.truncatedTo(ChronoUnit.MICROS);
    }
}
