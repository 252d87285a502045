package io.walkback.cli;

import io.walkback.client.Accepted;
import io.walkback.client.BackupForm;
import io.walkback.client.BackupView;
import io.walkback.client.WalkbackClient;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backups.
@Command(name = "backup", description = "Backups: takes, shows and verifies them.")
final class BackupCommands {
    static final String WAIT = "Waits for the end, shows progress, and tells by the exit code how it ended.";
    static final String TIMEOUT = "How long --wait waits (${DEFAULT-VALUE}).";

    private static final Duration LONG = Duration.ofHours(24);

    private final Session session;

    BackupCommands(Session session) {
        this.session = session;
    }

    static Duration limit(@Nullable String timeout) {
        return timeout == null ? LONG : Texts.duration("--timeout", timeout);
    }

    @Command(name = "create", description = "Takes a backup.")
    int create(
            @Option(names = "--database", required = true, paramLabel = "NAME", description = "Of which database.")
                    String database,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            description = "physical (default), or logical: what pg_dump says, for moving rows.")
                    @Nullable
                    String type,
            @Option(
                            names = "--dbname",
                            paramLabel = "DB",
                            description = "Of a logical backup: dump this one; may be repeated. Without it all.")
                    @Nullable
                    List<String> dbnames,
            @Option(names = "--backup-id", paramLabel = "ID", description = "The same id again is the same backup.")
                    @Nullable
                    String backupId,
            @Option(names = "--wait", description = WAIT) boolean wait,
            @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "24h", description = TIMEOUT) @Nullable
                    String timeout)
            throws InterruptedException {
        Duration limit = limit(timeout);
        try (WalkbackClient client = session.client()) {
            Accepted accepted = client.createBackup(new BackupForm(database, type, dbnames, backupId), null);
            new Waiting(session).follow(client, accepted, wait, limit);
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Shows backups, the newest first.")
    int list(
            @Option(names = "--database", paramLabel = "NAME", description = "Only of this database.") @Nullable
                    String database,
            @Option(names = "--state", paramLabel = "STATE", description = "Only in this state, such as completed.")
                    @Nullable
                    String state,
            @Option(names = "--from", paramLabel = "TIME", description = "Requested at or after, with zone.") @Nullable
                    String from,
            @Option(names = "--to", paramLabel = "TIME", description = "Requested before, with zone.") @Nullable
                    String to)
            throws InterruptedException {
        Instant after = from == null ? null : Texts.moment("--from", from);
        Instant before = to == null ? null : Texts.moment("--to", to);
        String inState = state == null ? null : state.toUpperCase(Locale.ROOT).replace('-', '_');
        try (WalkbackClient client = session.client()) {
            session.output()
                    .list(
                            client.backups(database, inState, after, before),
                            new Output.Columns<BackupView>()
                                    .with("ID", BackupView::id)
                                    .with("DATABASE", BackupView::database)
                                    .with("TYPE", BackupView::type)
                                    .with("STATE", backup -> Texts.lower(backup.state()))
                                    .with("COMPLETED", BackupView::completedAt)
                                    .with("SIZE", backup -> Bytes.text(backup.sizeBytes()))
                                    .with("STORED", backup -> Bytes.text(backup.storedBytes()))
                                    .with(
                                            "PROOF",
                                            backup -> backup.proof() == null
                                                    ? null
                                                    : Texts.lower(backup.proof().verdict()))
                                    .with("FAILURE", BackupCommands::failure));
            return ExitCode.OK;
        }
    }

    private static @Nullable String failure(BackupView backup) {
        return backup.failure() == null || backup.state().equals("COMPLETED")
                ? null
                : backup.failure().code();
    }

    @Command(name = "show", description = "Shows one backup.")
    int show(
            @Parameters(paramLabel = "ID", description = "Id of the backup.") String id,
            @Option(names = "--database", paramLabel = "NAME", description = "Where two databases have the same id.")
                    @Nullable
                    String database)
            throws InterruptedException {
        try (WalkbackClient client = session.client()) {
            BackupView backup = client.backup(id, database);
            session.output()
                    .value(Shown.of(backup), fields(backup, session.clock().instant()));
            return ExitCode.OK;
        }
    }

    /// What `--output json` has of one backup: exactly this, for programs.
    ///
    /// @param digest  `sha256:` of the manifest
    /// @param verdict of its newest rehearsal, `UNPROVEN` when there was none
    record Shown(
            String id,
            String database,
            String type,
            String state,
            @Nullable Instant startedAt,
            @Nullable Instant completedAt,
            @Nullable Long sizeBytes,
            @Nullable Long storedBytes,
            @Nullable String digest,
            @Nullable Instant expiresAt,
            String verdict) {
        static Shown of(BackupView backup) {
            return new Shown(
                    backup.id(),
                    backup.database(),
                    backup.type(),
                    backup.state(),
                    backup.startedAt(),
                    backup.completedAt(),
                    backup.sizeBytes(),
                    backup.storedBytes(),
                    backup.manifestDigest(),
                    backup.expiresAt(),
                    backup.proof() == null ? "UNPROVEN" : backup.proof().verdict());
        }
    }

    private static Map<String, @Nullable Object> fields(BackupView backup, Instant now) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("backup", backup.id());
        fields.put("database", backup.database());
        fields.put("type", backup.type());
        fields.put("state", Texts.lower(backup.state()));
        fields.put("requested", backup.requestedAt() + " by " + backup.requestedBy());
        fields.put("started", backup.startedAt());
        fields.put("completed", backup.completedAt());
        fields.put("attempts", backup.attempts());
        fields.put(
                isLogical(backup) ? "log meanwhile" : "wal",
                backup.startLsn() == null ? null : backup.startLsn() + " to " + backup.stopLsn());
        fields.put("timeline", backup.timeline());
        fields.put("server", backup.serverVersion());
        fields.put("system", backup.systemIdentifier());
        fields.put("size", Bytes.text(backup.sizeBytes()));
        fields.put("stored", Bytes.text(backup.storedBytes()));
        fields.put("page errors", backup.pageChecksumErrors());
        fields.put("verified", backup.verifiedAt());
        fields.put("expires", backup.expiresAt());
        fields.put("copies", copies(backup));
        fields.put("proof", DrillCommands.proof(backup, now));
        if (backup.failure() != null) {
            fields.put(
                    "failure", backup.failure().code() + ": " + backup.failure().message());
            fields.put("hint", backup.failure().hint());
        }
        return fields;
    }

    /// `1 of 2`; null from a service that does not say.
    static @Nullable String copies(BackupView backup) {
        return backup.copies() == null || backup.copiesWanted() == null
                ? null
                : backup.copies() + " of " + backup.copiesWanted();
    }

    /// Recovery never starts from it, so it counts nowhere as one from which it could.
    static boolean isLogical(BackupView backup) {
        return backup.type().equals("logical");
    }

    @Command(name = "verify", description = "Reads a backup whole and compares each byte with its digest.")
    int verify(
            @Option(
                            names = "--backup-id",
                            paramLabel = "ID",
                            description = "Which one; without it every backup of --database.")
                    @Nullable
                    String backupId,
            @Option(names = "--database", paramLabel = "NAME", description = "Of which database.") @Nullable
                    String database,
            @Option(names = "--wait", description = WAIT) boolean wait,
            @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "24h", description = TIMEOUT) @Nullable
                    String timeout)
            throws InterruptedException {
        if (backupId == null && database == null) {
            throw Texts.refused("neither --backup-id nor --database is given", "Say what is to be verified.");
        }
        Duration limit = limit(timeout);
        try (WalkbackClient client = session.client()) {
            Accepted accepted = client.verify(backupId, database, null);
            new Waiting(session).follow(client, accepted, wait, limit);
            return ExitCode.OK;
        }
    }
}
