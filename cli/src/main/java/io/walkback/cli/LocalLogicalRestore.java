package io.walkback.cli;

import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.postgres.client.InstalledPrograms;
import io.walkback.postgres.connection.PostgresConnector;
import io.walkback.repository.Repository;
import io.walkback.restore.dump.DumpFiles;
import io.walkback.restore.dump.LogicalRestore;
import io.walkback.restore.dump.LogicalRestorePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A logical backup into a running server, with nothing but its repository (P4): no Kafka, no service.
final class LocalLogicalRestore {
    private static final Duration CONNECT = Duration.ofSeconds(15);

    private final Session session;

    LocalLogicalRestore(Session session) {
        this.session = session;
    }

    int run(
            String url,
            @Nullable String key,
            DatabaseId database,
            BackupId backup,
            IntoDatabase into,
            boolean validateOnly)
            throws InterruptedException {
        LogicalRestore restore = new LogicalRestore(new PostgresConnector(CONNECT), programs(session));
        var request = into.request(session);
        try (Repository repository = RepositoryCommands.open(session, url, key)) {
            DumpFiles dump = DumpFiles.find(repository, database, backup)
                    .orElseThrow(() -> new OperatorActionException(
                            FailureCode.BACKUP_UNKNOWN,
                            "database '" + database + "' has no logical backup '" + backup + "'",
                            "See 'walkback backup list'; a physical backup is restored into a directory, with --to."));
            LogicalRestorePlan plan;
            if (validateOnly) {
                plan = restore.plan(dump, request);
            } else {
                try (Progress progress = new Progress(session.terminal())) {
                    plan = restore.run(
                            "cli-" + UUID.randomUUID(),
                            dump,
                            request,
                            (phase, done, total, _) -> progress.at(phase, done, total));
                }
            }
            Map<String, @Nullable Object> fields = fields(plan);
            session.output().value(fields, fields);
            return ExitCode.OK;
        }
    }

    /// Client programs of this host.
    static InstalledPrograms programs(Session session) {
        String folder = session.variable("WALKBACK_CLIENT_PROGRAMS_DIR");
        return new InstalledPrograms(folder == null ? null : Path.of(folder), session.variable("PATH"));
    }

    private static Map<String, @Nullable Object> fields(LogicalRestorePlan plan) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("backup", plan.backup().value());
        fields.put("dbname", plan.dbname());
        fields.put("server", plan.address());
        fields.put("into", plan.into());
        fields.put("new", plan.creates());
        fields.put("program", plan.program());
        fields.put("bytes", plan.bytes());
        fields.put("objects", plan.objects());
        fields.put("newRoles", some(plan.newRoles()));
        fields.put("keptRoles", some(plan.keptRoles()));
        fields.put("newTablespaces", some(plan.newTablespaces()));
        fields.put("notes", plan.notes());
        return fields;
    }

    private static @Nullable List<String> some(List<String> names) {
        return names.isEmpty() ? null : names;
    }
}
