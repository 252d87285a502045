package io.walkback.cli;

import io.walkback.client.BackupView;
import io.walkback.client.DatabaseView;
import io.walkback.client.RecoverabilityView;
import io.walkback.client.WalkbackClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Backups by database. As JSON close to the shape of `pgbackrest info --output=json`, so that tools which read
/// that need little change: an array of stanzas, each with `name`, `status`, `db` and `backup`, the oldest backup
/// first, and `recoverability`, which is ours. What Walkback has no figure for is left out.
@Command(
        name = "info",
        description =
                "Backups of each database, its recoverable window and what would be lost now; --output json is close to"
                        + " pgbackrest info.")
final class InfoCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--database", paramLabel = "NAME", description = "Only this database.")
    private @Nullable String database;

    InfoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            List<DatabaseView> databases = new ArrayList<>();
            if (database != null) {
                databases.add(client.database(database));
            } else {
                client.databases().forEach(databases::add);
            }
            List<Map<String, Object>> stanzas = new ArrayList<>();
            for (DatabaseView each : databases) {
                List<BackupView> backups = new ArrayList<>();
                client.backups(each.name(), "COMPLETED", null, null).forEach(backups::add);
                List<BackupView> physical = backups.stream()
                        .filter(backup -> !BackupCommands.isLogical(backup))
                        .toList();
                RecoverabilityView window = client.recoverability(each.name(), null, null, null);
                stanzas.add(stanza(each, physical.reversed(), window));
                print(each, physical, window);
                backups.stream().filter(BackupCommands::isLogical).forEach(this::printLogical);
            }
            if (session.output().asJson()) {
                session.output().json(stanzas);
            }
            return ExitCode.OK;
        }
    }

    private void print(DatabaseView each, List<BackupView> newestFirst, RecoverabilityView window) {
        Output output = session.output();
        output.text(each.name());
        output.text("    status: " + (newestFirst.isEmpty() ? "no completed backup" : "ok"));
        output.text("    system: " + (each.systemIdentifier() == null ? "not seen yet" : each.systemIdentifier()));
        output.text("    rpo now: " + WindowText.rpo(window.rpoMillis()) + (window.isStalled() ? ", stalled" : ""));
        forecast(window);
        drills(each);
        for (RecoverabilityView.Range range : window.ranges()) {
            output.text("    window: timeline " + range.timeline() + ", "
                    + (range.fromTime() == null
                            ? "positions only"
                            : "from " + range.fromTime() + " to " + range.toTime())
                    + ", wal " + range.fromLsn() + " to " + range.toLsn() + ", since backup " + range.backupId());
        }
        for (BackupView backup : newestFirst) {
            output.text("    backup: " + backup.id() + ", completed " + backup.completedAt() + ", wal "
                    + backup.startLsn() + " to " + backup.stopLsn() + ", " + Bytes.text(backup.sizeBytes())
                    + ", stored " + Bytes.text(backup.storedBytes()) + ", "
                    + DrillCommands.proof(backup, session.clock().instant()) + copies(backup));
        }
    }

    private void forecast(RecoverabilityView window) {
        RecoverabilityView.Forecast forecast = window.forecast();
        if (forecast != null) {
            session.output()
                    .text("    recovery now: about " + WindowText.rpo(forecast.seconds() * 1000) + ", by "
                            + (forecast.basis().equals("assumed")
                                    ? "rates that are assumed"
                                    : "measured " + forecast.basis())
                            + ", objective " + WindowText.rpo(forecast.objectiveSeconds() * 1000)
                            + (forecast.missed() ? ", missed" : ""));
        }
    }

    /// That none is scheduled is for everybody to see.
    private void drills(DatabaseView each) {
        if (each.policy().drill() != null) {
            session.output()
                    .text("    drills: "
                            + (Protection.isUnrehearsed(each)
                                    ? "none scheduled"
                                    : "every " + each.policy().drill().every()));
        }
    }

    private void printLogical(BackupView backup) {
        session.output()
                .text("    logical backup: " + backup.id() + ", completed " + backup.completedAt() + ", "
                        + Bytes.text(backup.sizeBytes()) + ", stored " + Bytes.text(backup.storedBytes())
                        + copies(backup));
    }

    /// Said where the policy wants more than one.
    private static String copies(BackupView backup) {
        return backup.copiesWanted() == null || backup.copiesWanted() == 1
                ? ""
                : ", copies " + BackupCommands.copies(backup);
    }

    private static Map<String, Object> stanza(
            DatabaseView database, List<BackupView> oldestFirst, RecoverabilityView window) {
        List<String> systems = oldestFirst.stream()
                .map(backup -> String.valueOf(backup.systemIdentifier()))
                .distinct()
                .toList();
        Map<String, Object> stanza = new LinkedHashMap<>();
        stanza.put("name", database.name());
        stanza.put(
                "status",
                oldestFirst.isEmpty()
                        ? Map.of("code", 2, "message", "no valid backups")
                        : Map.of("code", 0, "message", "ok"));
        stanza.put(
                "db",
                systems.stream()
                        .map(system -> ordered("id", systems.indexOf(system) + 1, "repo-key", 1, "system-id", system))
                        .toList());
        stanza.put(
                "backup",
                oldestFirst.stream()
                        .map(backup -> backup(backup, systems.indexOf(String.valueOf(backup.systemIdentifier())) + 1))
                        .toList());
        stanza.put("recoverability", recoverability(window));
        return stanza;
    }

    /// What pgbackrest has nothing for.
    private static Map<String, Object> recoverability(RecoverabilityView window) {
        return ordered(
                "window",
                window.ranges().stream()
                        .map(range -> ordered(
                                "timeline",
                                range.timeline(),
                                "label",
                                range.backupId(),
                                "lsn",
                                ordered("start", range.fromLsn(), "stop", range.toLsn()),
                                "timestamp",
                                ordered("start", seconds(range.fromTime()), "stop", seconds(range.toTime()))))
                        .toList(),
                "gaps",
                window.openGaps(),
                "durable-until",
                seconds(window.durableUntil()),
                "rpo-millis",
                window.rpoMillis(),
                "stalled",
                window.stalled(),
                "forecast",
                window.forecast());
    }

    private static Map<String, Object> backup(BackupView backup, int system) {
        return ordered(
                "label",
                backup.id(),
                "type",
                "full",
                "error",
                backup.pageChecksumErrors() != null && backup.pageChecksumErrors() > 0,
                "timestamp",
                ordered("start", seconds(backup.startedAt()), "stop", seconds(backup.completedAt())),
                "lsn",
                ordered("start", backup.startLsn(), "stop", backup.stopLsn()),
                "info",
                ordered("size", backup.sizeBytes(), "repository", ordered("delta", backup.storedBytes())),
                "database",
                ordered("id", system, "repo-key", 1),
                "proof",
                backup.proof());
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }

    private static Map<String, Object> ordered(@Nullable Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            if (value != null) {
                map.put(String.valueOf(pairs[i]), value);
            }
        }
        return map;
    }
}
