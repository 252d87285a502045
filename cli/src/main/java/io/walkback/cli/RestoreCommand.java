package io.walkback.cli;

import io.walkback.client.BackupForm;
import io.walkback.client.OperationView;
import io.walkback.client.RestoreForm;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Brings a database back, through the services or, with `--from-repository`, without any.
@Command(
        name = "restore",
        description = {
            "Brings a database back into an empty directory: to the newest position, or to the target that is given.",
            "With --delta into the directory of its stopped server, where only what differs is written; no way back.",
            "With --in-place instead of the server in the directory, which is set aside and put back if anything"
                    + " fails.",
            "With --into-database a logical backup into a dbname of a running server.",
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

    @Mixin
    private final TargetOptions targets = new TargetOptions();

    @Mixin
    private final InPlaceOptions place = new InPlaceOptions();

    @Option(names = "--to", paramLabel = "DIR", description = "Empty or absent, unless --delta or --in-place.")
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

    @Option(
            names = "--yes",
            description = "Asks nothing; only --delta and --in-place ask, for the name of the database.")
    private boolean yes;

    @Option(
            names = "--validate-only",
            description = "Plans, looks at the host, prints the plan with its digest, and changes nothing.")
    private boolean validateOnly;

    @Option(
            names = "--plan-digest",
            paramLabel = "DIGEST",
            description = "Refuses unless the plan is the one that --validate-only showed with this digest.")
    private @Nullable String planDigest;

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

    @Mixin
    private IntoDatabase into = new IntoDatabase();

    RestoreCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (database == null && backupId == null) {
            throw Texts.refused("neither --database nor --backup-id is given", "Say what is to be restored.");
        }
        if (into.given()) {
            return intoDatabase();
        }
        if (directory.isEmpty()) {
            throw Texts.refused("--to is not given", "Name a directory, or a dbname of a server by --into-database.");
        }
        Path to = Texts.path("--to", directory);
        Map<String, String> moved = moved();
        RecoveryTarget wanted = targets.target();
        place.check(delta);
        if (wanted instanceof RecoveryTarget.Time time) {
            session.terminal().say("target time is " + time.time() + " (UTC)");
        }
        Duration limit = BackupCommands.limit(timeout);
        confirm(to);
        if (repository == null) {
            return byService(wanted, to, moved, limit);
        }
        if (place.wantsSafetyBackup()) {
            session.terminal().say("no backup of the current state is taken: there is no service to take it");
        }
        if (database == null) {
            throw Texts.refused(
                    "--from-repository needs --database", "A backup's id alone does not say in which folder it is.");
        }
        Restore command = new Restore(
                backupId == null ? null : Texts.made("--backup-id", backupId, BackupId::new),
                wanted,
                targets.timelineId(),
                host(),
                to.toString(),
                moved,
                !noStart,
                delta,
                targets.exclusive(),
                validateOnly,
                planDigest,
                place.breakGlass(),
                place.inPlace());
        return new LocalRestore(session)
                .run(repository, key, Texts.made("--database", database, DatabaseId::new), command, validateOnly);
    }

    /// A logical backup into a dbname of a running server.
    private int intoDatabase() throws InterruptedException {
        boolean physical = !(targets.target() instanceof RecoveryTarget.Latest)
                || targets.timeline() != null
                || place.isInPlace()
                || !directory.isEmpty()
                || !tablespaces.isEmpty()
                || noStart
                || delta;
        if (physical) {
            throw Texts.refused(
                    "--into-database restores a logical backup, which has no targets, timelines, tablespaces or data"
                            + " directory",
                    "Leave those options out.");
        }
        if (repository == null || database == null || backupId == null) {
            throw Texts.refused(
                    "--into-database needs --from-repository, --database and --backup-id",
                    "It runs on this host, with the repository and its key alone.");
        }
        return new LocalLogicalRestore(session)
                .run(
                        repository,
                        key,
                        Texts.made("--database", database, DatabaseId::new),
                        Texts.made("--backup-id", backupId, BackupId::new),
                        into,
                        validateOnly);
    }

    /// Scripts may say `--yes` to every restore; one into an empty directory asks nothing.
    private void confirm(Path to) {
        if (validateOnly) {
            return;
        }
        if (place.isInPlace()) {
            session.terminal()
                    .confirm(
                            "the database in '" + to + "' of " + host()
                                    + " is stopped and set aside, and the restored one takes its place",
                            Objects.requireNonNullElse(database, backupId),
                            yes);
        }
        if (delta) {
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
                wanted instanceof RecoveryTarget.Transaction(String xid) ? xid : null,
                wanted instanceof RecoveryTarget.RestorePoint(String name) ? name : null,
                targets.timeline(),
                host(),
                to.toString(),
                moved,
                noStart,
                validateOnly,
                null,
                delta,
                targets.exclusive(),
                planDigest,
                place.breakGlass(),
                place.form());
        try (WalkbackClient client = session.client()) {
            if (place.wantsSafetyBackup() && !validateOnly) {
                safetyBackup(client, limit);
            }
            // A plan is made in seconds, and is what was asked for.
            return new Waiting(session).follow(client, client.restore(form, null), wait || validateOnly, limit);
        }
    }

    /// The current state, while there is a server to take it from. What stops it stops the restore.
    private void safetyBackup(WalkbackClient client, Duration limit) throws InterruptedException {
        if (database == null) {
            throw Texts.refused(
                    "a restore in place needs --database", "The current state is backed up first, under that name.");
        }
        session.terminal().say("backing up the current state first (--no-safety-backup leaves that out)");
        String operation = client.createBackup(BackupForm.of(database), null).operationId();
        OperationView end = client.await(operation, limit, _ -> {});
        if (!end.completed()) {
            OperationView.Problem problem = end.problem();
            throw new OperatorActionException(
                    problem == null ? FailureCode.CANCELLED : Texts.code(problem.code()),
                    "the backup of the current state, operation '" + operation + "', ended " + Texts.lower(end.state())
                            + (problem == null ? "" : ": " + problem.message()),
                    "Nothing was stopped or changed. With --no-safety-backup the restore goes on without one.");
        }
        session.terminal().say("the current state is backup " + end.backupId());
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
