package io.walkback.scheduler.api;

import io.walkback.catalog.view.StateFollower;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Figures for dashboards and health checks, in the shapes that other people's tools expect.
@RestController
class FiguresController {
    /// P10: no backup for longer than this is an incident.
    static final Duration OVERDUE = Duration.ofHours(25);

    private final State state;
    private final StateFollower follower;
    private final Clock clock;

    FiguresController(State state, StateFollower follower, Clock clock) {
        this.state = state;
        this.follower = follower;
        this.clock = clock;
    }

    record Stats(
            long totalBackups,
            @Nullable Instant lastBackupTime,
            @Nullable String lastBackupStatus,
            long totalSize,
            @Nullable Instant oldestBackup,
            long failedBackupsLast24h,
            @Nullable Double successRate30d,
            List<DatabaseStats> databases) {}

    record DatabaseStats(
            String database,
            long totalBackups,
            @Nullable Instant lastBackupTime,
            @Nullable String lastBackupStatus,
            long totalSize,
            @Nullable Instant oldestBackup,
            long failedBackupsLast24h,
            @Nullable Double successRate30d) {}

    record Terminus(
            String status,
            Map<String, BackupHealth> info,
            Map<String, BackupHealth> error,
            Map<String, BackupHealth> details) {}

    record BackupHealth(
            String status,
            long totalBackups,
            @Nullable Instant lastBackupTime,
            @Nullable Long lastBackupAge,
            long failedBackupsLast24h,
            String totalSize) {}

    @GetMapping("/api/backup/stats")
    Stats stats() {
        Instant now = clock.instant();
        List<BackupCatalogEntry> all = state.backups().all().toList();
        Map<String, List<BackupCatalogEntry>> byDatabase = all.stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.header().database().value(), TreeMap::new, Collectors.toList()));
        Figures whole = Figures.of(all, now);
        return new Stats(
                whole.totalBackups(),
                whole.lastTime(),
                whole.lastStatus(),
                whole.totalSize(),
                whole.oldest(),
                whole.failedLast24h(),
                whole.successRate30d(),
                byDatabase.entrySet().stream()
                        .map(one -> stats(one.getKey(), Figures.of(one.getValue(), now)))
                        .toList());
    }

    private static DatabaseStats stats(String database, Figures figures) {
        return new DatabaseStats(
                database,
                figures.totalBackups(),
                figures.lastTime(),
                figures.lastStatus(),
                figures.totalSize(),
                figures.oldest(),
                figures.failedLast24h(),
                figures.successRate30d());
    }

    @GetMapping("/health/backup")
    ResponseEntity<Terminus> health() {
        Instant now = clock.instant();
        Figures figures = Figures.of(state.backups().all().toList(), now);
        boolean up = follower.isCurrent()
                && state.databases()
                        .all()
                        .filter(database -> database.policy().enabled())
                        .allMatch(database -> isProtected(database, now));
        BackupHealth backup = new BackupHealth(
                up ? "up" : "down",
                figures.totalBackups(),
                figures.lastCompleted(),
                figures.lastCompleted() == null
                        ? null
                        : Duration.between(figures.lastCompleted(), now).toMinutes(),
                figures.failedLast24h(),
                Figures.text(figures.totalSize()));
        Map<String, BackupHealth> told = Map.of("backup", backup);
        Terminus body = new Terminus(up ? "ok" : "error", up ? told : Map.of(), up ? Map.of() : told, told);
        return ResponseEntity.status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(body);
    }

    /// A database that was registered a moment ago has had no night yet.
    private boolean isProtected(DatabaseRegistration database, Instant now) {
        Instant oldest = now.minus(OVERDUE);
        return state.databases()
                        .writtenAt(database.id().value())
                        .filter(written -> written.isAfter(oldest))
                        .isPresent()
                || state.backups()
                        .all()
                        .filter(entry -> entry.header().database().equals(database.id()))
                        .anyMatch(entry -> Figures.protects(entry, oldest));
    }
}
