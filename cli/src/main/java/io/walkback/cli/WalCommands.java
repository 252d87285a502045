package io.walkback.cli;

import io.walkback.client.DatabaseView;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Secret;
import io.walkback.domain.database.SecretReference;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.postgres.connection.Targets;
import io.walkback.postgres.setup.ServerSetup;
import io.walkback.postgres.setup.SetupStep;
import io.walkback.postgres.setup.SetupWanted;
import io.walkback.postgres.setup.SyncRelease;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What WAL needs on the server's side.
@Command(name = "wal", description = "WAL: how it comes from the server into the repository.")
final class WalCommands {
    private static final String NAME = "Name of the database.";
    private static final String ADMIN_URL_HELP =
            "A superuser: postgresql://user@host[:port]/dbname[?sslmode=...], without a password.";
    private static final String ADMIN_PASSWORD_HELP = "Where the superuser's password is: file:/path or env:NAME.";
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration CONNECT = Duration.ofSeconds(15);

    private final Session session;

    WalCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "token",
            description = {
                "Makes a new token that lets WAL of a database be pushed, and keeps it in a file of mode 0600.",
                "The one before lets nobody in from that moment on; the server tries again until it has the new one."
            })
    int token(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--push-url", paramLabel = "URL", description = PushLines.URL_HELP) @Nullable
                    String pushUrl)
            throws InterruptedException {
        DatabaseId database = Texts.made("NAME", name, DatabaseId::new);
        PushLines lines = new PushLines(session, pushUrl);
        try (WalkbackClient client = session.client()) {
            var _ = lines.issue(client, database);
            lines.print(client, client.database(database.value()));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "setup",
            description = {
                "Shows what a server lacks before its WAL can be streamed or pushed, or does it (--apply).",
                "Without --admin-url it prints what a database with pushed WAL needs on its host, and asks no server."
            })
    int setup(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--mode",
                            paramLabel = "stream|push",
                            description = "How WAL is to come; as the policy says without it.")
                    @Nullable
                    WalWay mode,
            @Option(names = "--admin-url", paramLabel = "URL", description = ADMIN_URL_HELP) @Nullable String adminUrl,
            @Option(names = "--admin-password", paramLabel = "REFERENCE", description = ADMIN_PASSWORD_HELP) @Nullable
                    String adminPassword,
            @Option(
                            names = "--role-password",
                            paramLabel = "REFERENCE",
                            description = "The same of the role that backups are read as, if it has to be made.")
                    @Nullable
                    String rolePassword,
            @Option(names = "--push-url", paramLabel = "URL", description = PushLines.URL_HELP) @Nullable
                    String pushUrl,
            @Option(
                            names = "--replace-archive-command",
                            description = "Replaces an archive_command that is somebody else's.")
                    boolean replace,
            @Option(
                            names = "--heartbeat",
                            description = "Also a table 'walkback.heartbeat' of one row that the receiver writes every"
                                    + " ten seconds, so that RPO is measured; it makes an idle database write WAL.")
                    boolean heartbeat,
            @Option(names = "--apply", description = "Does it.") boolean apply,
            @Option(names = "--undo", description = "Brings back what --apply has changed.") boolean undo)
            throws InterruptedException {
        DatabaseId database = Texts.made("NAME", name, DatabaseId::new);
        if (apply && undo) {
            throw Texts.refused("--apply and --undo are given both", "Give one of them.");
        }
        if ((apply || undo) && adminUrl == null) {
            throw Texts.refused("--admin-url is not given", "Name a superuser's connection: that takes one.");
        }
        PushLines lines = new PushLines(session, pushUrl);
        try (WalkbackClient client = session.client()) {
            DatabaseView view = client.database(database.value());
            boolean push = mode == null ? view.policy().pushes() : mode == WalWay.push;
            if (adminUrl == null) {
                printed(client, view, push, lines);
                return ExitCode.OK;
            }
            SetupWanted wanted = new SetupWanted(
                    view.user(),
                    secret(rolePassword, "--role-password"),
                    push ? lines.command(database) : null,
                    replace,
                    heartbeat);
            // On the dbname that the registration names, where its role needs a right.
            PostgresTarget admin = admin(adminUrl, adminPassword).withDatabase(view.dbname());
            try (Connection connection = new PostgresConnector(CONNECT).connect(admin, "walkback setup", ANSWER)) {
                ServerSetup setup = new ServerSetup(connection, admin.address());
                SetupRecord kept = new SetupRecord(session.configuration(), database);
                return undo ? undone(setup, kept, database) : done(setup, kept, wanted, database, apply);
            } catch (SQLException closing) {
                throw new IllegalStateException("closing a connection that has answered", closing);
            }
        }
    }

    @Command(
            name = "release-sync",
            description = {
                "Lets commits go on that wait for walkback's receivers: takes those out of synchronous_standby_names.",
                "Needs the server alone. It is done first and told to the audit log afterwards; exit code 3 where the"
                        + " audit log did not take it, and then the same command again brings it there."
            })
    int releaseSync(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--admin-url", required = true, paramLabel = "URL", description = ADMIN_URL_HELP)
                    String adminUrl,
            @Option(names = "--admin-password", paramLabel = "REFERENCE", description = ADMIN_PASSWORD_HELP) @Nullable
                    String adminPassword,
            @Option(names = "--dry-run", description = "Only shows what it would do, and how many commits wait.")
                    boolean dryRun)
            throws InterruptedException {
        DatabaseId database = Texts.made("NAME", name, DatabaseId::new);
        PostgresTarget admin = admin(adminUrl, adminPassword);
        try (Connection connection = new PostgresConnector(CONNECT).connect(admin, "walkback release", ANSWER)) {
            return new SyncReleasing(session, database)
                    .run(new SyncRelease(connection, admin.address()), admin.address(), dryRun);
        } catch (SQLException closing) {
            throw new IllegalStateException("closing a connection that has answered", closing);
        }
    }

    private void printed(WalkbackClient client, DatabaseView view, boolean push, PushLines lines)
            throws InterruptedException {
        if (push && view.policy().pushes()) {
            lines.print(client, view);
        } else {
            throw Texts.refused(
                    push
                            ? "the policy of database '" + view.name() + "' does not push WAL"
                            : "nothing is known about the server without a connection to it",
                    push
                            ? "Say so first: walkback databases add " + view.name() + " --url ... --wal push"
                            : "Name a superuser's connection with --admin-url.");
        }
    }

    private int done(ServerSetup setup, SetupRecord kept, SetupWanted wanted, DatabaseId database, boolean apply) {
        List<SetupStep> missing = setup.missing(wanted);
        if (apply && !missing.isEmpty()) {
            kept.add(missing);
            setup.apply(missing);
            session.terminal()
                    .say("what there was before is kept in " + kept.file() + ": walkback wal setup " + database
                            + " --undo brings it back");
        }
        List<String> restart = setup.awaitingRestart(wanted);
        print(missing.stream().map(SetupStep::sql).toList(), restart, apply ? "done" : "missing");
        return ExitCode.OK;
    }

    private int undone(ServerSetup setup, SetupRecord kept, DatabaseId database) {
        List<SetupStep> steps = kept.read();
        if (steps.isEmpty()) {
            session.terminal()
                    .say("nothing is known to have been set up for '" + database + "' by this account: there is no "
                            + kept.file());
            return ExitCode.OK;
        }
        List<SetupStep> left = setup.undo(steps);
        kept.remove();
        left.forEach(step -> session.terminal().say("left as it is, since somebody has changed it: " + step.undo()));
        List<SetupStep> back =
                steps.reversed().stream().filter(step -> !left.contains(step)).toList();
        List<String> restart = back.stream()
                .filter(step -> step instanceof SetupStep.Setting setting && setting.restart())
                .map(step -> ((SetupStep.Setting) step).name())
                .toList();
        print(back.stream().map(SetupStep::undo).toList(), restart, "undone");
        return ExitCode.OK;
    }

    private void print(List<String> statements, List<String> restart, String key) {
        Output output = session.output();
        if (output.asJson()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put(key, statements);
            fields.put("restartFor", restart);
            output.json(fields);
            return;
        }
        statements.forEach(statement -> output.text(statement + ";"));
        if (!statements.isEmpty()) {
            output.text("SELECT pg_reload_conf();");
        } else {
            session.terminal().say("nothing is missing");
        }
        if (!restart.isEmpty()) {
            output.text("-- restart the server: it is needed for " + String.join(", ", restart));
        }
    }

    private PostgresTarget admin(String url, @Nullable String password) {
        PostgresTarget target = PostgresTarget.parse(url);
        if (target.password() != null) {
            throw Texts.refused(
                    "--admin-url holds a password, which every user of this host can read in the list of processes",
                    "Leave it out and give --admin-password file:/path or env:NAME.");
        }
        return target.withPassword(secret(password, "--admin-password"));
    }

    private @Nullable Secret secret(@Nullable String reference, String option) {
        return reference == null
                ? null
                : new Targets(session::variable).secret(option, Texts.made(option, reference, SecretReference::parse));
    }
}
