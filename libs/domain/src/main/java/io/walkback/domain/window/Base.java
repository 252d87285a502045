package io.walkback.domain.window;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;

/// A base backup as recovery sees it.
///
/// @param timeline that it ended on
/// @param start replay begins here
/// @param stop consistent from here on, later than `start`
public record Base(BackupId backup, TimelineId timeline, Lsn start, Lsn stop) {
    public Base {
        if (!start.isBefore(stop)) {
            throw new IllegalArgumentException("backup " + backup + " from " + start + " to " + stop);
        }
    }
}
