package io.walkback.scheduler.window;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.window.Answer;
import io.walkback.domain.window.Base;
import io.walkback.domain.window.KeptBackup;
import io.walkback.domain.window.Reachability;
import io.walkback.domain.window.WalIndex;
import io.walkback.scheduler.state.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The windows of this moment, from the views. Thread-safe.
public final class Windows {
    private final State state;

    public Windows(State state) {
        this.state = state;
    }

    /// Where a database can be walked back to; empty where none of its WAL is known.
    public Optional<Reachability> of(DatabaseId database) {
        return WalIndex.of(state.walOf(database).toList())
                .map(index -> new Reachability(index, backups(database), holes(database)));
    }

    /// What is known to be missing, by cluster, timeline and position.
    public List<WalHole> holes(DatabaseId database) {
        return told(database).map(Recoverability::holes).orElse(List.of());
    }

    /// What was told last.
    public Optional<Recoverability> told(DatabaseId database) {
        return state.recoverability().find(database.value());
    }

    /// Backups that recovery can start from.
    public List<KeptBackup> backups(DatabaseId database) {
        return state.backupsOf(database).flatMap(Windows::kept).toList();
    }

    /// How long a restore would take.
    public Estimate estimate(DatabaseId database, Answer.Reachable way) {
        return Estimate.of(state, database, way);
    }

    /// How long recovery to the end of all WAL would take now, from the newest backup that leads there; empty where
    /// none does.
    public Optional<Forecast> forecast(DatabaseId database) {
        return of(database).flatMap(window -> window.ranges().stream()
                .map(range -> window.at(range.toLsn(), null, range.timeline()))
                .flatMap(answer -> answer instanceof Answer.Reachable way ? Stream.of(way) : Stream.empty())
                .max(Comparator.comparing((Answer.Reachable way) -> way.backup().completedAt())
                        .thenComparing(Answer.Reachable::replayBytes))
                .map(way -> new Forecast(way, estimate(database, way))));
    }

    /// @param way      from the newest backup to the end
    /// @param estimate how long it takes
    public record Forecast(Answer.Reachable way, Estimate estimate) {}

    private static Stream<KeptBackup> kept(BackupCatalogEntry entry) {
        BackupExtent extent = entry.extent();
        Instant completed = entry.completedAt();
        // The catalog's entry of an expiring backup promises nothing any more.
        return entry.status() == BackupStatus.COMPLETED
                        && entry.type() == BackupType.PHYSICAL
                        && extent != null
                        && completed != null
                        && extent.startLsn().isBefore(extent.stopLsn())
                ? Stream.of(new KeptBackup(
                        extent.systemIdentifier(),
                        new Base(entry.backupId(), extent.timeline(), extent.startLsn(), extent.stopLsn()),
                        completed,
                        extent.sizeBytes()))
                : Stream.empty();
    }
}
