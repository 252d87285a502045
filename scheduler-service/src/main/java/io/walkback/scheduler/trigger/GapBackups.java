package io.walkback.scheduler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.AuditOutcome;
import io.walkback.domain.event.BackupRequested;
import io.walkback.domain.event.BackupType;
import io.walkback.domain.event.EventHeader;
import io.walkback.domain.event.HoleStatus;
import io.walkback.domain.event.Recoverability;
import io.walkback.domain.event.WalHole;
import io.walkback.domain.operation.OperationId;
import io.walkback.scheduler.command.CommandWriter;
import io.walkback.scheduler.command.CommandWriter.Act;
import io.walkback.scheduler.state.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks for a base backup out of turn for each hole in the WAL that stands open, once: its id follows from the
/// hole. After it recovery leads past the hole, and the hole is closed. For one thread.
public final class GapBackups {
    /// As long as a missed run of the schedule would be taken up; then the schedule's own backup has closed it.
    static final Duration PATIENCE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(GapBackups.class);

    private final State state;
    private final CommandWriter commands;
    private final Clock clock;
    private final boolean enabled;

    /// @param enabled false: this installation asks for no backups by itself
    public GapBackups(State state, CommandWriter commands, Clock clock, boolean enabled) {
        this.state = state;
        this.commands = commands;
        this.clock = clock;
        this.enabled = enabled;
    }

    /// Asks for what is missing. A [io.walkback.domain.RetryableException] leaves it for the next tick.
    public void tick() {
        if (!enabled) {
            return;
        }
        for (Recoverability window : state.recoverability().all().toList()) {
            DatabaseId database = window.header().database();
            boolean wanted = state.database(database)
                    .map(DatabaseRegistration::policy)
                    .filter(policy -> policy.enabled())
                    .isPresent();
            if (wanted) {
                window.holes().stream()
                        .filter(hole -> hole.status() == HoleStatus.OPEN)
                        .forEach(hole -> request(database, hole));
            }
        }
    }

    static BackupId backup(DatabaseId database, WalHole hole) {
        UUID about = UUID.nameUUIDFromBytes((database + "/" + hole.gapId() + "/" + hole.toLsn()).getBytes(UTF_8));
        return new BackupId("gap-" + about);
    }

    private void request(DatabaseId database, WalHole hole) {
        BackupId backup = backup(database, hole);
        String id = backup.value();
        Instant now = clock.instant();
        boolean late = hole.since().plus(PATIENCE).isBefore(now);
        // A backup stays in the catalog when its operation is forgotten.
        if (late
                || state.operation(database, new OperationId(id)).isPresent()
                || state.backups().find(database + "/" + id).isPresent()) {
            return;
        }
        commands.write(
                new Act(
                        "gap",
                        "backup.request",
                        id,
                        database,
                        AuditOutcome.ALLOWED,
                        id,
                        Map.of(
                                "gapId",
                                hole.gapId(),
                                "from",
                                hole.fromLsn().toString(),
                                "to",
                                hole.toLsn().toString())),
                List.of(new BackupRequested(
                        // The same event whoever sends it, and however often.
                        new EventHeader(
                                UUID.nameUUIDFromBytes(("BackupRequested/" + database + "/" + id).getBytes(UTF_8)),
                                database,
                                now,
                                null),
                        id,
                        backup,
                        BackupType.PHYSICAL,
                        "gap",
                        hole.since().plus(PATIENCE),
                        Map.of(),
                        null,
                        null,
                        List.of())));
        LOG.atWarn()
                .addKeyValue("databaseId", database)
                .addKeyValue("backupId", id)
                .addKeyValue("gapId", hole.gapId())
                .log("base backup out of turn requested, wal is missing");
    }
}
