package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import org.jspecify.annotations.Nullable;

/// WAL that must stay, because of one backup.
///
/// Without an end it is everything from `from` on, on its timeline and on every later one: whichever branch
/// recovery follows from this backup has a higher number. With an end it is what makes the backup consistent, and
/// no more.
///
/// @param to null: without end
public record WalNeed(
        SystemIdentifier system,
        TimelineId timeline,
        Lsn from,
        @Nullable Lsn to,
        BackupId backup) {
    /// Whether any of the bytes from `first` up to `end` is needed.
    public boolean touches(SystemIdentifier ofSystem, TimelineId onTimeline, Lsn first, Lsn end) {
        if (!system.equals(ofSystem) || !end.isAfter(from)) {
            return false;
        }
        return to == null ? onTimeline.compareTo(timeline) >= 0 : onTimeline.equals(timeline) && !first.isAfter(to);
    }
}
