package io.walkback.scheduler.drill;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.database.DrillPolicy;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.DrillHistory;
import io.walkback.domain.event.DrillRun;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.ProofChecked;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import io.walkback.scheduler.window.Estimate;
import io.walkback.scheduler.window.Windows;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tells when the proof of a database is too old, and when a rehearsal or the forecast breaks an objective; also
/// when no worker is left to rehearse anything (P9, P10). Of every database once after the start, and then when it
/// changes. For one thread.
public final class ProofWatch {
    /// A detected failure reaches a person within a minute.
    static final Duration EVERY = Duration.ofSeconds(30);

    private final State state;
    private final Windows windows;
    private final CommandWriter commands;
    private final Clock clock;
    private final Map<DatabaseId, News> told = new HashMap<>();
    private boolean begun;
    private Instant next = Instant.MIN;

    public ProofWatch(State state, Windows windows, CommandWriter commands, Clock clock) {
        this.state = state;
        this.windows = windows;
        this.commands = commands;
        this.clock = clock;
    }

    /// What makes it worth telling again: figures move all the time.
    private record News(@Nullable Instant provenAt, boolean overdue, boolean slow, boolean lossy, boolean forecast) {
        private static final News NONE = new News(null, false, false, false, false);

        private static News of(ProofChecked checked) {
            return new News(
                    checked.provenAt(),
                    checked.overdueSince() != null,
                    checked.isDrillTooSlow(),
                    checked.isDrillTooLossy(),
                    checked.isForecastTooSlow());
        }
    }

    /// Tells what has changed. A [io.walkback.domain.RetryableException] leaves it for the next tick.
    public void tick() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        List<ProofChecked> changed = state.databases()
                .all()
                .map(database -> check(database, now))
                .filter(this::isNews)
                .toList();
        if (!changed.isEmpty()) {
            commands.write(
                    new Act(
                            "schedule",
                            "proof.check",
                            "proof",
                            null,
                            AuditOutcome.SUCCEEDED,
                            null,
                            Map.of("databases", Integer.toString(changed.size()))),
                    changed);
        }
        changed.forEach(each -> told.put(each.database(), News.of(each)));
        begun = true;
        next = now.plus(EVERY);
    }

    /// Of a database that came later and was never proven nor late there is nothing to tell.
    private boolean isNews(ProofChecked checked) {
        News before = told.get(checked.database());
        News news = News.of(checked);
        return before == null ? !begun || !news.equals(News.NONE) : !before.equals(news);
    }

    private ProofChecked check(DatabaseRegistration database, Instant now) {
        DrillPolicy policy = database.policy().drill();
        Optional<DrillRun> proven = state.drills().find(database.id().value()).flatMap(DrillHistory::lastProven);
        Instant provenAt = proven.map(DrillRun::at).orElse(null);
        Instant overdue = overdueSince(database, provenAt)
                .filter(since -> !since.isAfter(now))
                .orElse(null);
        Long forecast = windows.forecast(database.id())
                .map(Windows.Forecast::estimate)
                .filter(Estimate::measured)
                .map(estimate -> estimate.time().toMillis())
                .orElse(null);
        return new ProofChecked(
                new EventHeader(UUID.randomUUID(), database.id(), now, null),
                provenAt,
                overdue,
                proven.map(DrillRun::rtoMs).orElse(null),
                proven.map(DrillRun::rpoMs).orElse(null),
                forecast,
                policy.rto().toMillis(),
                policy.rpo().toMillis());
    }

    /// When the newest proof becomes too old. One that was never rehearsed counts from its oldest backup that is
    /// there, and from the policy where there is none: a database without any is for other alarms too, and for this
    /// one all the same.
    private Optional<Instant> overdueSince(DatabaseRegistration database, @Nullable Instant provenAt) {
        if (!database.policy().enabled()) {
            // Nothing is asked for by schedule, drills neither.
            return Optional.empty();
        }
        return database.policy().drill().overdueAfter().flatMap(allowed -> Optional.ofNullable(provenAt)
                .or(() -> state.backupsOf(database.id())
                        .filter(backup ->
                                backup.status() == BackupStatus.COMPLETED && backup.type() == BackupType.PHYSICAL)
                        .map(BackupCatalogEntry::completedAt)
                        .filter(Objects::nonNull)
                        .min(Instant::compareTo))
                .or(() -> state.databases().writtenAt(database.id().value()))
                .map(from -> from.plus(allowed)));
    }
}
