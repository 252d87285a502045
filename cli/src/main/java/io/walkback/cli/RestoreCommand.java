package io.walkback.cli;

import io.walkback.client.RestoreForm;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Command.Restore;
import io.walkback.domain.operation.RecoveryTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Brings a database back, through the services or, with `--from-repository`, without any.
@Command(
        name = "restore",
        description = {
            "Brings a database back into an empty directory: to the newest position, or to the target that is given.",
            "With --delta into the directory of its stopped server, where only what differs is written; no way back.",
            "With --from-repository nothing but the repository is needed: no Kafka and no service."
        })
final class RestoreCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--database", paramLabel = "NAME", description = "Which database.")
    private @Nullable String database;

    @Option(
            names = "--backup-id",
            paramLabel = "ID",
            description = "Start from this backup; else the newest before the target.")
    private @Nullable String backupId;

    @Option(names = "--target-time", paramLabel = "TIME", description = "With its zone, always: 2026-11-22T03:15:00Z.")
    private @Nullable String targetTime;

    @Option(names = "--target-lsn", paramLabel = "LSN", description = "A position such as 16/B374D848.")
    private @Nullable String targetLsn;

    @Option(
            names = "--target",
            paramLabel = "latest|immediate",
            description = "The end of all WAL, or the end of the backup.")
    private @Nullable String target;

    @Option(names = "--timeline", paramLabel = "NUMBER", description = "The timeline to follow; else the backup's.")
    private @Nullable Long timeline;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Empty or absent, unless --delta.")
    private String directory = "";

    @Option(
            names = "--host",
            paramLabel = "NODE",
            description = "Node of the restore-worker that has DIR (WALKBACK_NODE_NAME, else this host).")
    private @Nullable String host;

    @Option(names = "--tablespace", paramLabel = "OLD=NEW", description = "Where a tablespace goes; may be repeated.")
    private Map<String, String> tablespaces = new LinkedHashMap<>();

    @Option(names = "--no-start", description = "Files only, with the server's backup_manifest.")
    private boolean noStart;

    @Option(
            names = "--delta",
            description = {
                "Goes over the data directory of the stopped server that DIR holds: keeps what is in the backup,",
                "fetches what differs, removes everything else. There is no way back."
            })
    private boolean delta;

    @Option(names = "--yes", description = "Asks nothing; only --delta asks, for the name of the database.")
    private boolean yes;

    @Option(
            names = "--validate-only",
            description = "Plans, prints the plan and copies nothing; with --from-repository.")
    private boolean validateOnly;

    @Option(
            names = "--from-repository",
            paramLabel = "URL",
            description = "Restores from here by itself, on this host.")
    private @Nullable String repository;

    @Option(
            names = {"--key", "--key-file"},
            paramLabel = "KEY",
            description = RepositoryKeys.KEY + " With --from-repository.")
    private @Nullable String key;

    @Option(names = "--wait", description = BackupCommands.WAIT)
    private boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "24h", description = BackupCommands.TIMEOUT)
    private @Nullable String timeout;

    RestoreCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (database == null && backupId == null) {
            throw Texts.refused("neither --database nor --backup-id is given", "Say what is to be restored.");
        }
        Path to = Texts.path("--to", directory);
        Map<String, String> moved = moved();
        RecoveryTarget wanted = target();
        if (wanted instanceof RecoveryTarget.Time time) {
            session.terminal().say("target time is " + time.time() + " (UTC)");
        }
        Duration limit = BackupCommands.limit(timeout);
        confirm(to);
        if (repository == null) {
            return byService(wanted, to, moved, limit);
        }
        if (database == null) {
            throw Texts.refused(
                    "--from-repository needs --database", "A backup's id alone does not say in which folder it is.");
        }
        Restore command = new Restore(
                backupId == null ? null : Texts.made("--backup-id", backupId, BackupId::new),
                wanted,
                timeline == null ? null : new TimelineId(timeline.intValue()),
                host(),
                to.toString(),
                moved,
                !noStart,
                delta);
        return new LocalRestore(session)
                .run(repository, key, Texts.made("--database", database, DatabaseId::new), command, validateOnly);
    }

    /// Scripts may say `--yes` to every restore; one into an empty directory asks nothing.
    private void confirm(Path to) {
        if (delta && !validateOnly) {
            session.terminal()
                    .confirm(
                            "whatever '" + to + "' of " + host()
                                    + " holds is made what the backup has, and there is no way back",
                            Objects.requireNonNullElse(database, backupId),
                            yes);
        }
    }

    private int byService(RecoveryTarget wanted, Path to, Map<String, String> moved, Duration limit)
            throws InterruptedException {
        RestoreForm form = new RestoreForm(
                database,
                backupId,
                wanted instanceof RecoveryTarget.Latest
                        ? "latest"
                        : wanted instanceof RecoveryTarget.Immediate ? "immediate" : null,
                wanted instanceof RecoveryTarget.Time(Instant time) ? time.toString() : null,
                wanted instanceof RecoveryTarget.Position(Lsn lsn) ? lsn.toString() : null,
                null,
                null,
                timeline,
                host(),
                to.toString(),
                moved,
                noStart,
                validateOnly,
                null,
                delta);
        try (WalkbackClient client = session.client()) {
            new Waiting(session).follow(client, client.restore(form, null), wait, limit);
            return ExitCode.OK;
        }
    }

    private RecoveryTarget target() {
        long given = Stream.of(targetTime, targetLsn, target)
                .filter(Objects::nonNull)
                .count();
        if (given > 1) {
            throw Texts.refused("more than one target is given", "Give one of --target-time, --target-lsn, --target.");
        }
        if (timeline != null && (timeline < 1 || timeline > 0xFFFF_FFFFL)) {
            throw Texts.refused("--timeline is 1 to 4294967295, not " + timeline, "Leave it out for the backup's.");
        }
        if (targetTime != null) {
            return new RecoveryTarget.Time(Texts.moment("--target-time", targetTime));
        }
        if (targetLsn != null) {
            return new RecoveryTarget.Position(Texts.lsn("--target-lsn", targetLsn));
        }
        return switch (target) {
            case null -> new RecoveryTarget.Latest();
            case "latest" -> new RecoveryTarget.Latest();
            case "immediate" -> new RecoveryTarget.Immediate();
            default ->
                throw Texts.refused("--target is latest or immediate", "Times and positions have their own options.");
        };
    }

    private Map<String, String> moved() {
        Map<String, String> moved = new LinkedHashMap<>();
        tablespaces.forEach((from, to) ->
                moved.put(from, Texts.path("--tablespace", String.valueOf(to)).toString()));
        return moved;
    }

    private String host() {
        if (host != null) {
            return host;
        }
        String named = session.variable("WALKBACK_NODE_NAME");
        if (named != null) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            throw Texts.refused("this host has no name that it knows (" + nameless.getMessage() + ")", "Give --host.");
        }
    }
}
