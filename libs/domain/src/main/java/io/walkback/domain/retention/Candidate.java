package io.walkback.domain.retention;

import io.walkback.domain.BackupId;
import io.walkback.domain.Lsn;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A backup as retention sees it.
///
/// @param logical rows and no pages: recovery never starts from it, it needs no WAL, and physical backups are
///     judged as if it were not there
/// @param since the newest time that is known before it was complete: asked for, or begun
/// @param span what was copied; null until it was
/// @param pageErrors pages that did not match their checksum
/// @param proven whether its newest rehearsal said PROVEN
/// @param holds the words of people that it stays
/// @param pinnedBy operations that run and need it
public record Candidate(
        BackupId id,
        boolean logical,
        Stage stage,
        Instant since,
        @Nullable Span span,
        long pageErrors,
        boolean proven,
        List<Hold> holds,
        Set<String> pinnedBy) {
    /// Where it is in its life.
    public enum Stage {
        /// Asked for or running.
        UNFINISHED,
        /// Copied, and not all WAL from start to stop is there.
        AWAITING_WAL,
        COMPLETED,
        /// Will never be complete. Where it has a span its manifest may be in the repository.
        FAILED,
        /// Marked in the operation log; a mark is never taken back.
        EXPIRING
    }

    /// What was copied. Of a logical backup the positions say only where the server's log was meanwhile.
    ///
    /// @param stoppedAt when it was complete; recovery from it reaches no moment before that
    public record Span(SystemIdentifier system, TimelineId timeline, Lsn start, Lsn stop, Instant stoppedAt) {}

    public Candidate {
        holds = List.copyOf(holds);
        pinnedBy = Set.copyOf(pinnedBy);
        if (logical && stage == Stage.AWAITING_WAL) {
            throw new IllegalArgumentException("backup " + id + " is logical and awaits WAL");
        }
        if (span == null && (stage == Stage.COMPLETED || stage == Stage.AWAITING_WAL)) {
            throw new IllegalArgumentException("backup " + id + " is " + stage + " and has copied nothing");
        }
    }

    /// A physical backup.
    public Candidate(
            BackupId id,
            Stage stage,
            Instant since,
            @Nullable Span span,
            long pageErrors,
            boolean proven,
            List<Hold> holds,
            Set<String> pinnedBy) {
        this(id, false, stage, since, span, pageErrors, proven, holds, pinnedBy);
    }

    /// The newest time that it carries.
    Instant newest() {
        return Stream.ofNullable(span).map(Span::stoppedAt).reduce(since, (a, b) -> a.isAfter(b) ? a : b);
    }
}
