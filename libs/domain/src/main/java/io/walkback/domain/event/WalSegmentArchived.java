package io.walkback.domain.event;

import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One WAL segment is durable in the repository.
///
/// @param header id, database, time and version of this record
/// @param systemIdentifier the cluster that wrote it
/// @param timeline timeline of the segment
/// @param segment file name as PostgreSQL has it, 24 hexadecimal digits
/// @param startLsn first byte
/// @param endLsn first byte after it
/// @param storedBytes bytes in the repository
/// @param digest digest of the plain bytes, lower-case hexadecimal
/// @param source the way by which it came
/// @param firstCommitAt earliest time of a commit in it, null when there is none
/// @param lastCommitAt latest time of a commit in it, null when there is none
/// @param ancestors of the timeline, oldest first, as its history file in the repository names them; null while
///     that is not there
public record WalSegmentArchived(
        EventHeader header,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        String segment,
        Lsn startLsn,
        Lsn endLsn,
        long storedBytes,
        String digest,
        WalSource source,
        @Nullable Instant firstCommitAt,
        @Nullable Instant lastCommitAt,
        @Nullable List<TimelineHistory.Branch> ancestors)
        implements Event {
    public WalSegmentArchived {
        firstCommitAt = firstCommitAt == null ? null : firstCommitAt.truncatedTo(ChronoUnit.MICROS);
        lastCommitAt = lastCommitAt == null ? null : lastCommitAt.truncatedTo(ChronoUnit.MICROS);
        ancestors = ancestors == null ? null : List.copyOf(ancestors);
    }

    /// Of a segment whose timeline's history file the sender does not know to be in the repository.
    public WalSegmentArchived(
            EventHeader header,
            SystemIdentifier systemIdentifier,
            TimelineId timeline,
            String segment,
            Lsn startLsn,
            Lsn endLsn,
            long storedBytes,
            String digest,
            WalSource source,
            @Nullable Instant firstCommitAt,
            @Nullable Instant lastCommitAt) {
        this(
                header,
                systemIdentifier,
                timeline,
                segment,
                startLsn,
                endLsn,
                storedBytes,
                digest,
                source,
                firstCommitAt,
                lastCommitAt,
                null);
    }
}
