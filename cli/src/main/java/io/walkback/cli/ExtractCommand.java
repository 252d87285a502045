package io.walkback.cli;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.postgres.connection.PostgresTarget;
import io.walkback.restore.extract.IntoFile;
import io.walkback.restore.extract.TableName;
import io.walkback.restore.sandbox.SandboxRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// One table, or one dbname, as it was at a moment.
@Command(
        name = "extract",
        description = {
            "Takes tables, or a whole dbname, as they were at a moment: out of a scratch copy on this host, into a",
            "file, or into a new table beside the live one after comparing the two row by row."
        })
final class ExtractCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--database", required = true, paramLabel = "NAME", description = "Which database.")
    private String database = "";

    @Option(names = "--dbname", required = true, paramLabel = "NAME", description = "Where the tables are in it.")
    private String dbname = "";

    @Option(
            names = "--table",
            paramLabel = "SCHEMA.TABLE",
            description = "As SQL writes it; may be repeated. Without it everything in the dbname.")
    private List<String> tables = new ArrayList<>();

    @Option(names = "--target-time", paramLabel = "TIME", description = "With its zone, always: 2026-11-22T03:15:00Z.")
    private @Nullable String targetTime;

    @Option(names = "--target-lsn", paramLabel = "LSN", description = "A position such as 16/B374D848.")
    private @Nullable String targetLsn;

    @Option(names = "--backup-id", paramLabel = "ID", description = "Start from this backup; else the newest before.")
    private @Nullable String backupId;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE|URL",
            description = {
                "A new file, or postgresql://user@host[:port]/dbname[?sslmode=...] where the live table is; then a",
                "new table SCHEMA.TABLE_restored_YYYYMMDDHHMMSS is made there, and the live one stays as it is."
            })
    private String to = "";

    @Option(
            names = "--format",
            paramLabel = "archive|csv",
            description = "Of the file: for pg_restore (the default where pg_dump is installed), or rows of one table.")
    private IntoFile.@Nullable Format format;

    @Option(names = "--compare-only", description = "Compares with the live table, and writes nothing.")
    private boolean compareOnly;

    @Option(names = "--yes", description = "Asks nothing; a new table in a server asks for the table's name.")
    private boolean yes;

    @Option(
            names = "--from-repository",
            required = true,
            paramLabel = "URL",
            description = "Where the backups are; this runs by itself, on this host.")
    private String repository = "";

    @Option(
            names = {"--key", "--key-file"},
            paramLabel = "KEY",
            description = RepositoryKeys.KEY)
    private @Nullable String key;

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description = "Where the scratch copy lies meanwhile, all of the database"
                    + " (WALKBACK_SCRATCH, else /var/tmp/walkback-scratch).")
    private @Nullable String scratch;

    @Option(names = "--password-file", paramLabel = "FILE", description = "File that holds the password for URL.")
    private @Nullable String passwordFile;

    @Option(names = "--password-env", paramLabel = "NAME", description = "Variable that holds the password for URL.")
    private @Nullable String passwordVariable;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "24h",
            description = "After this the scratch copy is removed, whatever is going on in it (24h).")
    private String timeout = "24h";

    ExtractCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<TableName> names = tables.stream().map(TableName::parse).toList();
        SandboxRequest request = new SandboxRequest(
                "cli-extract-" + UUID.randomUUID(),
                Texts.made("--database", database, DatabaseId::new),
                backupId == null ? null : Texts.made("--backup-id", backupId, BackupId::new),
                target(),
                null,
                Texts.duration("--timeout", timeout));
        if (request.target() instanceof RecoveryTarget.Time time) {
            session.terminal().say("target time is " + time.time() + " (UTC)");
        }
        LocalExtract extract = new LocalExtract(session, request, dbname, scratch());
        if (to.startsWith("postgresql://") || to.startsWith("postgres://")) {
            return extract.intoServer(repository, key, table(names), server(), compareOnly, yes);
        }
        if (compareOnly) {
            throw Texts.refused("--compare-only needs a server to compare with", "Give its URL with --to.");
        }
        return extract.intoFile(repository, key, names, Texts.path("--to", to), format);
    }

    private RecoveryTarget target() {
        if ((targetTime == null) == (targetLsn == null)) {
            throw Texts.refused("not one target is given", "Give --target-time or --target-lsn.");
        }
        return targetTime == null
                ? new RecoveryTarget.Position(Texts.lsn("--target-lsn", String.valueOf(targetLsn)))
                : new RecoveryTarget.Time(Texts.moment("--target-time", targetTime));
    }

    private TableName table(List<TableName> names) {
        if (names.size() != 1) {
            throw Texts.refused(
                    names.size() + " tables do not go into one new table",
                    "Name one with --table; more of them, or a dbname, go into a file.");
        }
        if (format != null) {
            throw Texts.refused("--format is of a file", "Leave it out.");
        }
        return names.getFirst();
    }

    private PostgresTarget server() {
        return IntoDatabase.server(session, "--to", to, passwordFile, passwordVariable);
    }

    private Path scratch() {
        String named = scratch == null ? session.variable("WALKBACK_SCRATCH") : scratch;
        Path folder = Texts.path("--scratch", named == null ? "/var/tmp/walkback-scratch" : named);
        if (folder.getNameCount() == 0) {
            throw new OperatorActionException(
                    FailureCode.REQUEST_INVALID, "--scratch is the root directory", "Name a folder of its own.");
        }
        return folder;
    }
}
