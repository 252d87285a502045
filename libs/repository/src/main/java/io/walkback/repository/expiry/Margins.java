package io.walkback.repository.expiry;

import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/// How old an object must be before a sweep may take it: a running backup's packs are in no manifest yet.
public final class Margins {
    /// Beyond the longest backup: a worker that was frozen for a night and finishes then has lost its claim, and
    /// its packs are still there.
    public static final Duration BEYOND_LONGEST_BACKUP = Duration.ofDays(1);

    private Margins() {}

    /// What was stored before this is old enough.
    ///
    /// @param now the store's clock
    public static Instant sweepBefore(Collection<Candidate> backups, Instant now) {
        Duration longest = Duration.ZERO;
        for (Candidate backup : backups) {
            Span span = backup.span();
            Instant end = span == null || backup.stage() == Stage.AWAITING_WAL ? now : span.stoppedAt();
            boolean runs = backup.stage() == Stage.UNFINISHED || span != null;
            Duration took = Duration.between(backup.since(), end);
            if (runs && took.compareTo(longest) > 0) {
                longest = took;
            }
        }
        return now.minus(longest).minus(BEYOND_LONGEST_BACKUP);
    }
}
