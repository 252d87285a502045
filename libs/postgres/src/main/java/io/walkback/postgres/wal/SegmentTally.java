package io.walkback.postgres.wal;

import io.walkback.domain.WalSegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts up to a [SegmentSummary].
final class SegmentTally {
    private long records;
    private long commits;
    private long aborts;
    private @Nullable Instant firstCommit;
    private @Nullable Instant lastCommit;
    private @Nullable Instant latestTime;
    private long firstXid;
    private long lastXid;
    private final List<RestorePoint> restorePoints = new ArrayList<>();

    void record() {
        records++;
    }

    void transaction(TransactionEnd end) {
        if (end.committed()) {
            commits++;
            firstCommit = firstCommit == null || end.time().isBefore(firstCommit) ? end.time() : firstCommit;
            lastCommit = lastCommit == null || end.time().isAfter(lastCommit) ? end.time() : lastCommit;
        } else {
            aborts++;
        }
        latestTime = latestTime == null || end.time().isAfter(latestTime) ? end.time() : latestTime;
        if (end.xid() != 0) {
            firstXid = firstXid == 0 ? end.xid() : firstXid;
            lastXid = end.xid();
        }
    }

    void restorePoint(RestorePoint point) {
        if (restorePoints.size() < SegmentSummary.MOST_RESTORE_POINTS) {
            restorePoints.add(point);
        }
    }

    SegmentSummary summary(WalSegment segment, boolean whole) {
        return new SegmentSummary(
                segment,
                whole,
                records,
                commits,
                aborts,
                firstCommit,
                lastCommit,
                latestTime,
                firstXid,
                lastXid,
                restorePoints);
    }
}
