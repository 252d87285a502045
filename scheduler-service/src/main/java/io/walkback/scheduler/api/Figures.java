package io.walkback.scheduler.api;

import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupExtent;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Figures about some backups. Pure.
///
/// @param totalBackups  completed and not expired
/// @param lastTime      when the newest end was, completed or failed
/// @param lastStatus    how it ended, lower case
/// @param lastCompleted when the newest completed backup was completed
/// @param totalSize     stored bytes of completed ones
/// @param successRate30d 0 to 1, null when none ended in the last 30 days
record Figures(
        long totalBackups,
        @Nullable Instant lastTime,
        @Nullable String lastStatus,
        @Nullable Instant lastCompleted,
        long totalSize,
        @Nullable Instant oldest,
        long failedLast24h,
        @Nullable Double successRate30d) {
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB", "PB", "EB");

    private record End(Instant at, boolean completed) {}

    static Figures of(Collection<BackupCatalogEntry> backups, Instant now) {
        List<End> ends = backups.stream()
                .map(Figures::end)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(End::at))
                .toList();
        List<Instant> completed =
                ends.stream().filter(End::completed).map(End::at).toList();
        List<End> month = ends.stream()
                .filter(end -> end.at().isAfter(now.minus(Duration.ofDays(30))))
                .toList();
        Optional<End> last = ends.isEmpty() ? Optional.empty() : Optional.of(ends.getLast());
        return new Figures(
                completed.size(),
                last.map(End::at).orElse(null),
                last.map(end -> end.completed() ? "completed" : "failed").orElse(null),
                completed.isEmpty() ? null : completed.getLast(),
                backups.stream().mapToLong(Figures::storedBytes).sum(),
                completed.isEmpty() ? null : completed.getFirst(),
                ends.stream()
                        .filter(end -> !end.completed() && end.at().isAfter(now.minus(Duration.ofHours(24))))
                        .count(),
                month.isEmpty()
                        ? null
                        : (double) month.stream().filter(End::completed).count() / month.size());
    }

    /// Whether a backup that was complete after `oldest` shows that its database is protected. A logical one does
    /// not: what happened after it is lost.
    static boolean protects(BackupCatalogEntry backup, Instant oldest) {
        return backup.type() != BackupType.LOGICAL
                && backup.completedAt() != null
                && backup.completedAt().isAfter(oldest);
    }

    private static @Nullable End end(BackupCatalogEntry backup) {
        if (backup.status() == BackupStatus.COMPLETED && backup.completedAt() != null) {
            return new End(backup.completedAt(), true);
        }
        return backup.status() == BackupStatus.FAILED && backup.failure() != null
                ? new End(backup.failure().at(), false)
                : null;
    }

    private static long storedBytes(BackupCatalogEntry backup) {
        BackupExtent extent = backup.extent();
        return backup.status() == BackupStatus.COMPLETED && extent != null ? extent.storedBytes() : 0;
    }

    /// `5.12 GB`; decimal units, two digits from kilobytes on.
    static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.size() - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.2f %s", value, UNITS.get(unit));
    }
}
