package io.walkback.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a database can be walked back to.
///
/// @param openGaps holes in its WAL that no backup leads past yet
/// @param answer   null where nothing was asked
/// @param durableUntil everything written before would survive the loss of the server; null while nothing is known
/// @param rpoMillis    how much would be lost now; null while nothing is known
/// @param stalled      whether that is too much for too long; null from an older service
/// @param forecast     how long recovery would take now; null where nothing can be recovered
public record RecoverabilityView(
        String database,
        @Nullable String systemIdentifier,
        List<Range> ranges,
        List<Hole> holes,
        int openGaps,
        @Nullable Instant lastArchivedAt,
        @Nullable Answer answer,
        @Nullable Instant durableUntil,
        @Nullable Long rpoMillis,
        @Nullable Boolean stalled,
        @Nullable Forecast forecast) {
    /// Whether its WAL has not become durable for too long.
    public boolean isStalled() {
        return Boolean.TRUE.equals(stalled);
    }

    /// @param basis  `drills` or `restores` of this database, or `assumed`
    /// @param missed whether that is longer than is promised
    public record Forecast(
            long seconds,
            String basis,
            String backupId,
            long backupBytes,
            long walBytes,
            long objectiveSeconds,
            boolean missed) {}

    /// WAL of one timeline without a hole that a backup leads into.
    ///
    /// @param backupId the oldest backup that leads into it
    /// @param fromTime null, with `toTime`, where only positions lead there
    public record Range(
            long timeline,
            String backupId,
            String fromLsn,
            String toLsn,
            @Nullable Instant fromTime,
            @Nullable Instant toTime) {}

    /// @param status `OPEN`, `HARMLESS` (a later backup leads past it) or `EXPIRED`
    public record Hole(
            String gapId, long timeline, String fromLsn, String toLsn, String cause, Instant since, String status) {}

    /// Whether a target can be reached.
    ///
    /// @param way    null unless it can be
    /// @param reason `NO_BACKUP`, `HOLE` or `END`; null where it can be reached
    /// @param before the latest target before it that can be reached, null where there is none
    /// @param after  the earliest after it
    public record Answer(
            String target,
            boolean reachable,
            @Nullable Way way,
            @Nullable String reason,
            @Nullable String why,
            @Nullable Nearest before,
            @Nullable Nearest after) {}

    /// @param expectedBasis `measured` or `assumed`
    /// @param endOfArchive  recovery goes to the end of what is archived
    public record Way(
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
    public record Nearest(
            long timeline, @Nullable String lsn, @Nullable Instant time) {}
}
