package io.walkback.scheduler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.CopiesChecked;
import io.walkback.domain.event.EventHeader;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Tells which backups are in fewer places than their policy wants, a day after they were completed or the policy
/// was last changed; also when no worker has a second place, or none is there to copy (P10). Of every database once
/// after the start, and then when it changes. For one thread.
public final class CopyWatch {
    /// The first copy of a large database takes its time; WAL in the copy is watched by its own metric.
    static final Duration PATIENCE = Duration.ofDays(1);

    /// A detected failure reaches a person within a minute.
    static final Duration EVERY = Duration.ofSeconds(30);

    private final State state;
    private final CommandWriter commands;
    private final Clock clock;
    private final Map<DatabaseId, List<BackupId>> told = new HashMap<>();
    private boolean begun;
    private Instant next = Instant.MIN;

    public CopyWatch(State state, CommandWriter commands, Clock clock) {
        this.state = state;
        this.commands = commands;
        this.clock = clock;
    }

    /// Tells what has changed. A [io.walkback.domain.RetryableException] leaves it for the next tick.
    public void tick() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        List<CopiesChecked> changed = state.databases()
                .all()
                .map(database -> check(database, now))
                .filter(this::isNews)
                .toList();
        if (!changed.isEmpty()) {
            commands.write(
                    new Act(
                            "schedule",
                            "copies.check",
                            "copies",
                            null,
                            AuditOutcome.SUCCEEDED,
                            null,
                            Map.of("databases", Integer.toString(changed.size()))),
                    changed);
        }
        changed.forEach(each -> told.put(each.database(), each.overdue()));
        begun = true;
        next = now.plus(EVERY);
    }

    /// Of a database that came later and was never late there is nothing to tell.
    private boolean isNews(CopiesChecked checked) {
        List<BackupId> before = told.get(checked.database());
        return before == null ? !begun || !checked.overdue().isEmpty() : !before.equals(checked.overdue());
    }

    private CopiesChecked check(DatabaseRegistration database, Instant now) {
        Instant changed = state.databases().writtenAt(database.id().value()).orElse(Instant.MIN);
        boolean late = changed.isBefore(now.minus(PATIENCE));
        List<BackupCatalogEntry> overdue = late
                ? state.backupsOf(database.id())
                        .filter(entry -> isOverdue(entry, database, now))
                        .sorted(Comparator.comparing(CopyWatch::completedAt)
                                .thenComparing(BackupCatalogEntry::backupId))
                        .limit(CopiesChecked.NAMED)
                        .toList()
                : List.of();
        List<BackupId> named =
                overdue.stream().map(BackupCatalogEntry::backupId).toList();
        return new CopiesChecked(
                new EventHeader(
                        // The same event whoever sends it, and however often.
                        UUID.nameUUIDFromBytes(("CopiesChecked/" + database.id() + "/" + named).getBytes(UTF_8)),
                        database.id(),
                        now,
                        null),
                named,
                overdue.isEmpty() ? null : completedAt(overdue.getFirst()));
    }

    private static boolean isOverdue(BackupCatalogEntry entry, DatabaseRegistration database, Instant now) {
        return entry.status() == BackupStatus.COMPLETED
                && entry.copies() < database.policy().copies()
                && completedAt(entry).isBefore(now.minus(PATIENCE));
    }

    private static Instant completedAt(BackupCatalogEntry entry) {
        Instant completed = entry.completedAt();
        return completed == null ? entry.requestedAt() : completed;
    }
}
