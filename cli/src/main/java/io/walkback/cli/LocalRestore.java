package io.walkback.cli;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Command.Restore;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.embedded.Parts;
import io.walkback.repository.Repository;
import io.walkback.repository.seal.WarmUp;
import io.walkback.restore.RestoreEngine;
import io.walkback.restore.dump.DumpFiles;
import io.walkback.restore.inplace.Hooks;
import io.walkback.restore.inplace.InPlaceHost;
import io.walkback.restore.preview.Rates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A restore with nothing but a repository (P4): no Kafka, no service.
final class LocalRestore {
    private final Session session;

    LocalRestore(Session session) {
        this.session = session;
    }

    int run(String url, @Nullable String key, DatabaseId database, Restore command, boolean validateOnly)
            throws InterruptedException {
        try (Repository repository = RepositoryCommands.open(session, url, key)) {
            if (repository.vault().isPresent() && !validateOnly) {
                // The plan waits for the store, and leaves a core to it.
                WarmUp.inBackground();
            }
            Optional<DumpFiles> dump = command.backup() == null
                    ? Optional.empty()
                    : DumpFiles.find(repository, database, command.backup());
            if (dump.isPresent()) {
                return files(dump.get(), command, validateOnly);
            }
            RestoreEngine engine = new RestoreEngine(repository, parts(), host());
            if (validateOnly) {
                PlannedRestore plan = engine.preview(database, command, Rates.ASSUMED);
                session.output().value(plan, PlanText.fields(plan));
                return PlanText.exitCode(plan);
            }
            if (command.inPlace() != null) {
                // What a kill after the start hook would put back is not safe yet (docs/adr/0026); its plan is.
                throw new OperatorActionException(
                        FailureCode.NOT_SUPPORTED,
                        "a restore in place cannot be carried out by this version, only planned",
                        "Restore into another directory and switch over, or use --delta, which has no way back.");
            }
            engine.plan(database, command).notes().forEach(session.terminal()::say);
            Facts.Restored restored;
            try (Progress progress = new Progress(session.terminal())) {
                restored = engine.restore(
                        operation(database, command),
                        database,
                        command,
                        (phase, done, total, _) -> progress.at(phase, done, total));
            }
            Map<String, @Nullable Object> fields = fields(restored);
            session.output().value(fields, fields);
            return ExitCode.OK;
        }
    }

    /// A logical backup is restored by `pg_restore`; here its files come out of the repository.
    private int files(DumpFiles dump, Restore command, boolean validateOnly) throws InterruptedException {
        if (!(command.target() instanceof RecoveryTarget.Latest)
                || command.timeline() != null
                || !command.tablespaces().isEmpty()
                || command.delta()
                || command.inPlace() != null) {
            throw Texts.refused(
                    "backup '" + command.backup()
                            + "' is logical and has no targets, timelines, tablespaces or data directory",
                    "Leave those options out: its files are written as they are.");
        }
        if (!validateOnly) {
            try (Progress progress = new Progress(session.terminal())) {
                dump.write(Path.of(command.directory()), (phase, done, total, _) -> progress.at(phase, done, total));
            }
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("backup", dump.summary().id().value());
        fields.put("directory", command.directory());
        fields.put("bytes", dump.summary().statistics().bytes());
        fields.put("writtenBy", dump.dump().program());
        fields.put("globals", dump.dump().globals().value());
        fields.put("rolePasswords", dump.dump().rolePasswords());
        Map<String, String> archives = new LinkedHashMap<>();
        dump.dump()
                .dbnames()
                .forEach(dbname -> archives.put(dbname.archive().value(), dbname.name() + ", " + dbname.snapshotAt()));
        fields.put("archives", archives);
        session.output().value(fields, fields);
        return ExitCode.OK;
    }

    /// The same request again is the same operation: it goes on where a killed one was.
    ///
    /// A delta restore is a new operation each time, and goes on with whatever another one left: the same words
    /// next week mean to do it again, and not to be told how it ended today.
    private static String operation(DatabaseId database, Restore command) {
        if (command.delta()) {
            return "cli-" + database + "-delta-" + UUID.randomUUID();
        }
        if (command.inPlace() != null) {
            return "cli-" + database + "-in-place-" + UUID.randomUUID();
        }
        byte[] text = (database + "|" + command.backup() + "|" + command.target() + "|" + command.exclusive() + "|"
                        + command.timeline() + "|"
                        + command.directory() + "|" + command.start())
                .getBytes(StandardCharsets.UTF_8);
        return "cli-" + database + "-" + UUID.nameUUIDFromBytes(text);
    }

    /// Nobody looks after what the command line has set aside: the next restore into the directory puts back what was
    /// cut off, and what is done stays until somebody removes it.
    private InPlaceHost host() {
        String folder = session.variable("WALKBACK_RESTORE_HOOKS");
        return new InPlaceHost(
                new Hooks(Optional.ofNullable(folder).map(Path::of)),
                Optional.empty(),
                InPlaceHost.KEEP,
                session.clock());
    }

    /// Server programs that the build laid out, for machines without installed ones.
    static Optional<Parts> parts() {
        String named = System.getProperty(Parts.PROPERTY);
        return named == null || named.isBlank() ? Optional.empty() : Optional.of(Parts.at(Path.of(named)));
    }

    private static Map<String, @Nullable Object> fields(Facts.Restored restored) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("backup", restored.backup().value());
        fields.put("directory", restored.directory());
        fields.put("bytes", restored.bytes());
        fields.put("keptBytes", restored.keptBytes());
        fields.put("timeline", Integer.toUnsignedLong(restored.timeline().value()));
        fields.put(
                "reachedLsn",
                restored.reached() == null ? null : restored.reached().toString());
        fields.put(
                "reachedTime",
                restored.reachedTime() == null ? null : restored.reachedTime().toString());
        fields.put("socket", restored.socket());
        fields.put("phaseSeconds", restored.phaseSeconds());
        return fields;
    }
}
