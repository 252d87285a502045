package io.walkback.scheduler.api;

import io.walkback.domain.window.Answer;
import io.walkback.scheduler.window.Estimate;
import io.walkback.scheduler.window.Targets;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Whether a target can be reached.
///
/// @param target as it was asked for, a time in UTC
/// @param way    null unless it can be
/// @param reason `NO_BACKUP`, `HOLE` or `END`; null, with `why`, where it can be reached
/// @param before the latest target before it that can be reached, null where there is none
/// @param after  the earliest after it
record AnswerJson(
        String target,
        boolean reachable,
        @Nullable Way way,
        @Nullable String reason,
        @Nullable String why,
        @Nullable Nearest before,
        @Nullable Nearest after) {
    /// @param upToLsn         recovery ends at or before this position
    /// @param walSegments     that are read
    /// @param walBytes        stored bytes of these
    /// @param backupBytes     plain bytes of the backup
    /// @param expectedSeconds how long it takes, about
    /// @param expectedBasis   `measured`, by the newest restore of this database, or `assumed`
    /// @param endOfArchive    nothing later is archived, so recovery goes to the end of the archive; commits that
    ///                        are not archived yet are not in it
    record Way(
            String backupId,
            long timeline,
            String upToLsn,
            long walSegments,
            long walBytes,
            long backupBytes,
            long expectedSeconds,
            String expectedBasis,
            boolean endOfArchive) {}

    /// @param lsn  null where it depends on the time alone
    /// @param time null where no time leads there
    record Nearest(
            long timeline, @Nullable String lsn, @Nullable Instant time) {}

    static AnswerJson of(String target, Answer answer, Function<Answer.Reachable, Estimate> estimates) {
        return switch (answer) {
            case Answer.Reachable way ->
                new AnswerJson(target, true, way(way, estimates.apply(way)), null, null, null, null);
            case Answer.Unreachable not ->
                new AnswerJson(
                        target,
                        false,
                        null,
                        not.reason().name(),
                        Targets.why(not),
                        nearest(not.before()),
                        nearest(not.after()));
        };
    }

    /// Of a database without WAL.
    static AnswerJson nothing(String target) {
        return of(target, new Answer.Unreachable(Answer.Reason.NO_BACKUP, null, null, null), _ -> {
            throw new IllegalStateException("there is no way");
        });
    }

    private static Way way(Answer.Reachable way, Estimate estimate) {
        return new Way(
                way.backup().base().backup().value(),
                Integer.toUnsignedLong(way.timeline().value()),
                way.upTo().toString(),
                way.walSegments(),
                way.walBytes(),
                way.backup().sizeBytes(),
                estimate.seconds(),
                estimate.measured() ? "measured" : "assumed",
                way.atEnd());
    }

    private static @Nullable Nearest nearest(Answer.@Nullable Nearest nearest) {
        return nearest == null
                ? null
                : new Nearest(
                        Integer.toUnsignedLong(nearest.timeline().value()),
                        nearest.lsn() == null ? null : nearest.lsn().toString(),
                        nearest.time());
    }
}
