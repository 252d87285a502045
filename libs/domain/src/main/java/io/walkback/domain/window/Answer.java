package io.walkback.domain.window;

import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.event.WalHole;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Whether a target can be reached, and how, or what can be instead.
public sealed interface Answer {
    /// @param backup to start from
    /// @param timeline that is followed
    /// @param upTo recovery ends at or before this position
    /// @param walSegments to be read
    /// @param walBytes stored bytes of these
    /// @param replayBytes plain bytes of WAL from the backup's start to `upTo`
    /// @param atEnd nothing later than the target is archived, so recovery goes to the end of the archive; commits
    ///     that are not archived yet are not in it
    record Reachable(
            KeptBackup backup,
            TimelineId timeline,
            Lsn upTo,
            long walSegments,
            long walBytes,
            long replayBytes,
            boolean atEnd)
            implements Answer {}

    /// @param hole what is missing; null unless `reason` is [Reason#HOLE]
    /// @param before the latest target before it that can be reached; null where there is none
    /// @param after the earliest after it; null where there is none
    record Unreachable(
            Reason reason,
            @Nullable Missing hole,
            @Nullable Nearest before,
            @Nullable Nearest after) implements Answer {}

    /// Why not.
    enum Reason {
        /// No backup ended before the target, or none of those lies on the timeline with all its WAL.
        NO_BACKUP,
        /// WAL between the backup and the target is missing, and there is later WAL.
        HOLE,
        /// The archive ends before the target. Pieces of a segment that is not complete may reach further.
        END
    }

    /// @param timeline that the first missing segment belongs to
    /// @param to the first position after it that is there again
    /// @param declared why, as far as an event has told
    record Missing(
            TimelineId timeline, Lsn from, Lsn to, @Nullable WalHole declared) {}

    /// A target that can be reached.
    ///
    /// @param lsn null where it depends on the time alone
    /// @param time null where no time leads there
    record Nearest(
            TimelineId timeline,
            @Nullable Lsn lsn,
            @Nullable Instant time) {}
}
