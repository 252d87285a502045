package io.walkback.cli;

import io.walkback.client.CheckReport;
import io.walkback.client.DatabaseForm;
import io.walkback.client.DatabaseView;
import io.walkback.client.PolicyForm;
import io.walkback.client.WalkbackClient;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Secret;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.database.SecretReference;
import io.walkback.domain.database.WalDurability;
import io.walkback.postgres.connection.PostgresTarget;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The inventory.
@Command(name = "databases", description = "Which databases are protected.")
final class DatabaseCommands {
    private static final String NAME = "Name of the database.";

    private final Session session;

    DatabaseCommands(Session session) {
        this.session = session;
    }

    @Command(name = "list", description = "Shows every database.")
    int list() throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            session.output()
                    .list(
                            client.databases(),
                            new Output.Columns<DatabaseView>()
                                    .with("NAME", DatabaseView::name)
                                    .with("SERVER", database -> database.host() + ":" + database.port())
                                    .with("USER", DatabaseView::user)
                                    .with("SCHEDULE", DatabaseCommands::schedule)
                                    .with("SYSTEM", DatabaseView::systemIdentifier)
                                    .with("MANAGED BY", DatabaseView::managedBy));
            return ExitCode.OK;
        }
    }

    private static String schedule(DatabaseView database) {
        return database.policy().enabled()
                ? database.policy().cron() + " " + database.policy().zone()
                : "off";
    }

    @Command(
            name = "add",
            description = {
                "Puts a PostgreSQL under protection, or replaces how it is reached.",
                "A password in the URL is never sent: it is kept in a file of mode 0600 below your configuration"
                        + " folder, and only that file's name is registered."
            })
    int add(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--url",
                            required = true,
                            paramLabel = "URL",
                            description = "postgresql://user[:password]@host[:port]/dbname[?sslmode=...]")
                    String url,
            @Option(names = "--password-file", paramLabel = "FILE", description = "File that holds the password.")
                    @Nullable
                    String passwordFile,
            @Option(
                            names = "--password-env",
                            paramLabel = "VARIABLE",
                            description = "Environment variable of the services that holds the password.")
                    @Nullable
                    String passwordVariable,
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "For people and for choosing workers.")
                    @Nullable
                    Map<String, String> labels,
            @Option(names = "--cron", paramLabel = "CRON", description = "Six fields, seconds first.") @Nullable
                    String cron,
            @Option(names = "--zone", paramLabel = "ZONE", description = "Zone of --cron, such as Europe/Berlin.")
                    @Nullable
                    String zone,
            @Option(names = "--retention", paramLabel = "30d", description = "How long backups are kept at least.")
                    @Nullable
                    String retention,
            @Option(
                            names = "--immutability",
                            paramLabel = "LOCK",
                            description = "Object locks: none, or governance or compliance with days, such as"
                                    + " \"governance 35d\".")
                    @Nullable
                    String immutability,
            @Option(
                            names = "--copies",
                            paramLabel = "N",
                            description = "How many places hold each backup: 1, or 2 with a second repository.")
                    @Nullable
                    Integer copies,
            @Option(
                            names = "--wal",
                            paramLabel = "stream|push",
                            description = "How WAL comes in: a receiver streams it (the default), or archive_command"
                                    + " pushes it; then this prints what to put on the database's host.")
                    @Nullable
                    WalWay wal,
            @Option(
                            names = "--wal-durability",
                            paramLabel = "object-store|kafka-tail",
                            description = "When streamed WAL counts as durable: when the repository has it (the"
                                    + " default), or when the in-sync brokers have it in a topic of its own.")
                    @Nullable
                    String walDurability,
            @Option(names = "--push-url", paramLabel = "URL", description = PushLines.URL_HELP) @Nullable
                    String pushUrl)
            throws InterruptedException {
        DatabaseId id = Texts.made("NAME", name, DatabaseId::new);
        PostgresTarget target = PostgresTarget.parse(url);
        if (target.sslCert() != null || target.sslKey() != null) {
            throw Texts.refused(
                    "--url names a client certificate, which this version cannot register",
                    "Leave sslcert and sslkey out and use a password.");
        }
        Secret inUrl = target.password();
        if (Stream.of(inUrl, passwordFile, passwordVariable)
                        .filter(Objects::nonNull)
                        .count()
                > 1) {
            throw Texts.refused(
                    "the password is given more than once",
                    "Give it in the URL, or by --password-file, or by --password-env.");
        }
        PolicyForm parts =
                new PolicyForm(null, cron, zone, null, null, null, null, retention, null).stored(immutability, copies);
        PolicyForm policy = Stream.of(cron, zone, retention, immutability, copies, wal, walDurability)
                        .allMatch(Objects::isNull)
                ? null
                : wal == null && walDurability == null
                        ? parts
                        : parts.withWal(wal != WalWay.push, durability(walDurability));
        Map<String, String> given = labels == null ? Map.of() : labels;
        PushLines lines = new PushLines(session, pushUrl);
        if (inUrl == null) {
            String reference = passwordFile != null
                    ? new SecretReference.InFile(Texts.path("--password-file", passwordFile)).toString()
                    : passwordVariable == null
                            ? null
                            : Texts.made("--password-env", passwordVariable, SecretReference.InEnvironment::new)
                                    .toString();
            return register(form(id, target, reference, policy, given), lines);
        }
        try (SecretFiles.Staged staged = new SecretFiles(session.configuration()).stage(id, inUrl)) {
            int code = register(form(id, target, "file:" + staged.file(), policy, given), lines);
            staged.keep();
            session.terminal()
                    .say("the password was taken out of the URL and is kept in " + staged.file()
                            + " (mode 0600); the services read it there, so they must run on this host and as"
                            + " this user");
            return code;
        }
    }

    private static @Nullable String durability(@Nullable String text) {
        return text == null
                ? null
                : Texts.made("--wal-durability", text, WalDurability::parse).toString();
    }

    private static DatabaseForm form(
            DatabaseId id,
            PostgresTarget target,
            @Nullable String reference,
            @Nullable PolicyForm policy,
            Map<String, String> labels) {
        Path certificate = target.sslRootCert();
        return new DatabaseForm(
                id.value(),
                target.host(),
                target.port(),
                target.database(),
                target.user(),
                reference,
                target.sslMode().parameter(),
                certificate == null ? null : certificate.toAbsolutePath().toString(),
                policy,
                labels);
    }

    private int register(DatabaseForm form, PushLines lines) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            DatabaseView added = client.register(form);
            session.output().value(added, fields(added));
            if (added.policy().pushes() && session.output().asJson()) {
                // One document; 'wal setup' has the lines as another.
                var _ = lines.ready(client, added);
            } else if (added.policy().pushes()) {
                lines.print(client, added);
            }
            session.terminal().say("next: walkback databases check " + added.name());
            return ExitCode.OK;
        }
    }

    private static Map<String, @Nullable Object> fields(DatabaseView database) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", database.name());
        fields.put("server", database.host() + ":" + database.port() + "/" + database.dbname());
        fields.put("user", database.user());
        fields.put("password", database.passwordRef() == null ? "none" : database.passwordRef());
        fields.put("schedule", schedule(database));
        fields.put(
                "wal", database.policy().pushes() ? "pushed" : database.policy().streamWal() ? "streamed" : "none");
        fields.put(
                "walDurability",
                database.policy().streamWal() ? database.policy().walDurability() : null);
        fields.put("retention", database.policy().retention());
        fields.put("labels", database.labels().isEmpty() ? null : database.labels());
        fields.put("system", database.systemIdentifier());
        return fields;
    }

    @Command(name = "check", description = "Checks everything that backups need, and says how to mend what is missing.")
    int check(@Parameters(paramLabel = "NAME", description = NAME) String name) throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            CheckReport report = client.check(name);
            Output output = session.output();
            if (output.asJson()) {
                output.json(report);
            }
            for (CheckReport.Check check : report.checks()) {
                output.text(String.format(
                        java.util.Locale.ROOT, "%-8s  %-10s  %s", check.status(), check.id(), check.seen()));
                String remedy = check.remedy();
                if (remedy != null) {
                    remedy.lines().forEach(line -> output.text(" ".repeat(22) + line));
                }
            }
            return report.status().equals("failed") ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    @Command(name = "adopt", description = "Accepts another cluster under the name: after pg_upgrade, or a new initdb.")
    int adopt(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(
                            names = "--system-identifier",
                            required = true,
                            paramLabel = "NUMBER",
                            description = "Of the cluster to accept, as 'databases check' shows it.")
                    String system,
            @Option(names = "--yes", description = "Asks nothing.") boolean yes)
            throws InterruptedException {
        String identifier = Texts.made("--system-identifier", system, SystemIdentifier::parse)
                .toString();
        try (WalkbackClient client = session.client()) {
            DatabaseView before = client.database(name);
            session.terminal()
                    .confirm(
                            "database '" + before.name() + "' is cluster " + before.systemIdentifier()
                                    + " until now, and will be cluster " + identifier,
                            before.name(),
                            yes);
            DatabaseView after = client.adopt(before.name(), identifier);
            session.output().value(after, fields(after));
            return ExitCode.OK;
        }
    }

    @Command(name = "remove", description = "Ends the protection of a database; its backups stay.")
    int remove(
            @Parameters(paramLabel = "NAME", description = NAME) String name,
            @Option(names = "--yes", description = "Asks nothing.") boolean yes)
            throws InterruptedException {
        DatabaseId id = Texts.made("NAME", name, DatabaseId::new);
        session.terminal()
                .confirm(
                        "backups and WAL reception of database '" + id + "' end; what is stored stays",
                        id.value(),
                        yes);
        try (WalkbackClient client = session.client()) {
            client.remove(id.value());
            Terminal terminal = session.terminal();
            terminal.say("database '" + id + "' is no longer protected");
            terminal.say("left on its server, where it keeps WAL until the disk is full: SELECT"
                    + " pg_drop_replication_slot('" + id.slotName() + "')");
            terminal.say("left on the brokers if its policy had a tail: topic wal-tail." + id
                    + ", which may hold WAL that the repository has not; docs/wal-streaming.md says when it can go");
            return ExitCode.OK;
        }
    }
}
