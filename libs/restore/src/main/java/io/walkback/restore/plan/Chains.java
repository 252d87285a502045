package io.walkback.restore.plan;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalListing;
import io.walkback.repository.wal.WalObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The chains of one archive, for one planning: remembers what it has listed. For one thread.
final class Chains {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final WalArchive archive;
    private final int segmentSize;
    private final Duration overtaken;
    private final Map<TimelineId, WalListing> listed = new HashMap<>();

    /// @param overtaken how long WAL is waited for that later WAL has overtaken, where somebody wants all of it
    Chains(WalArchive archive, int segmentSize, Duration overtaken) {
        this.archive = archive;
        this.segmentSize = segmentSize;
        this.overtaken = overtaken;
    }

    /// What leads on from a position.
    ///
    /// @param toTheEnd a hole would be the end of a restore to the newest moment: it is looked at again for a
    /// while, since several segments are stored at once, and one may be there before those before it
    WalChain from(Lsn start, TimelineHistory history, boolean toTheEnd) {
        WalChain wal = follow(start, history);
        long deadline = System.nanoTime() + overtaken.toNanos();
        while (toTheEnd
                && wal.resumes()
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            listed.clear();
            wal = follow(start, history);
        }
        return wal;
    }

    private WalChain follow(Lsn start, TimelineHistory history) {
        return WalChain.follow(
                history,
                start,
                segmentSize,
                member -> listed.computeIfAbsent(member, archive::listing),
                segment -> SegmentBytes.reach(archive, segment));
    }

    /// Pitfall 41: without the file PostgreSQL would stay on the older timeline and call it a success.
    TimelineHistory history(TimelineId timeline) {
        Optional<WalObject> file = archive.findHistory(timeline);
        if (file.isEmpty()) {
            if (timeline.equals(TimelineId.FIRST)) {
                return TimelineHistory.root(timeline);
            }
            throw new OperatorActionException(
                    FailureCode.TARGET_UNREACHABLE,
                    timeline.historyFileName() + " is not in the archive, so timeline " + timeline
                            + " cannot be followed; known are " + archive.histories(),
                    "Ask for one of the timelines that are known, or archive the history file first.");
        }
        try (InputStream in = file.get().open()) {
            return TimelineHistory.parse(timeline, in.readAllBytes());
        } catch (IOException closing) {
            throw new IllegalStateException("a store's stream throws no IOException", closing);
        }
    }
}
