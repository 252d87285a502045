package io.walkback.postgres.wal;

import io.walkback.domain.WalSegment;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one segment adds to the recoverability window. A record counts where its last byte lies, because recovery
/// needs that byte.
///
/// @param segment       which
/// @param whole         its first byte was seen too, not only a later part
/// @param records       that end in it
/// @param commits       among them
/// @param aborts        among them
/// @param firstCommit   earliest time of a commit in it, null without commits; commit times are not in the
///     order of the log
/// @param lastCommit    latest time of a commit in it, null without commits
/// @param latestTime    the latest of all commit and abort times in it, null without any
/// @param firstXid      of the first transaction that ended in it and has one, 0 without
/// @param lastXid       of the last
/// @param restorePoints at most [#MOST_RESTORE_POINTS], the first ones
public record SegmentSummary(
        WalSegment segment,
        boolean whole,
        long records,
        long commits,
        long aborts,
        @Nullable Instant firstCommit,
        @Nullable Instant lastCommit,
        @Nullable Instant latestTime,
        long firstXid,
        long lastXid,
        List<RestorePoint> restorePoints) {
    /// A segment that holds more is odd, and all are told one by one anyway.
    public static final int MOST_RESTORE_POINTS = 100;

    public SegmentSummary {
        restorePoints = List.copyOf(restorePoints);
    }
}
