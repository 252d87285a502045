package io.walkback.scheduler.api;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.RecoverableRange;
import io.walkback.domain.event.WalHole;
import io.walkback.scheduler.trigger.WalWatch;
import io.walkback.scheduler.window.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A database's window.
///
/// @param systemIdentifier the cluster, null before its first WAL
/// @param openGaps         holes that no backup leads past yet
/// @param answer           null where nothing was asked
/// @param durableUntil     everything written before would survive the loss of the server; null while unknown
/// @param rpoMillis        what would be lost now; null while unknown
/// @param stalled          whether its WAL has not become durable for too long
/// @param forecast         how long recovery would take now; null where nothing can be recovered
record RecoverabilityJson(
        String database,
        @Nullable String systemIdentifier,
        List<Range> ranges,
        List<Hole> holes,
        int openGaps,
        @Nullable Instant lastArchivedAt,
        @Nullable AnswerJson answer,
        @Nullable Instant durableUntil,
        @Nullable Long rpoMillis,
        boolean stalled,
        @Nullable ForecastJson forecast) {
    /// @param backupId the oldest backup that leads into it
    /// @param fromTime null, with `toTime`, where only positions lead there
    record Range(
            long timeline,
            String backupId,
            String fromLsn,
            String toLsn,
            @Nullable Instant fromTime,
            @Nullable Instant toTime) {}

    /// @param status `OPEN`, `HARMLESS` or `EXPIRED`
    record Hole(
            String gapId, long timeline, String fromLsn, String toLsn, String cause, Instant since, String status) {}

    static RecoverabilityJson of(
            DatabaseId database,
            Windows windows,
            WalWatch wal,
            List<RecoverableRange> ranges,
            @Nullable AnswerJson answer,
            DrillPolicy objectives) {
        Optional<Recoverability> told = windows.told(database);
        return new RecoverabilityJson(
                database.value(),
                told.map(Recoverability::systemIdentifier).map(Object::toString).orElse(null),
                ranges.stream().map(RecoverabilityJson::range).toList(),
                windows.holes(database).stream().map(RecoverabilityJson::hole).toList(),
                told.map(Recoverability::openGaps).orElse(0),
                told.map(Recoverability::lastArchivedAt).orElse(null),
                answer,
                wal.durableUntil(database).orElse(null),
                wal.rpo(database).map(Duration::toMillis).orElse(null),
                wal.isStalled(database),
                windows.forecast(database)
                        .map(forecast -> ForecastJson.of(forecast, objectives))
                        .orElse(null));
    }

    private static Range range(RecoverableRange range) {
        return new Range(
                Integer.toUnsignedLong(range.timeline().value()),
                range.backupId().value(),
                range.fromLsn().toString(),
                range.toLsn().toString(),
                range.fromTime(),
                range.toTime());
    }

    private static Hole hole(WalHole hole) {
        return new Hole(
                hole.gapId(),
                Integer.toUnsignedLong(hole.timeline().value()),
                hole.fromLsn().toString(),
                hole.toLsn().toString(),
                hole.cause(),
                hole.since(),
                hole.status().name());
    }
}
