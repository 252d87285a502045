package io.walkback.restore;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.restore.fetch.DeltaFetch;
import io.walkback.restore.fetch.Fetching;
import io.walkback.restore.fetch.FileFetch;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.fetch.Syncing;
import io.walkback.restore.fetch.TargetDirectories;
import io.walkback.restore.plan.Planner;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.Configuration;
import io.walkback.restore.replay.OpenServer;
import io.walkback.restore.replay.Recovery;
import io.walkback.restore.replay.RunDirectory;
import io.walkback.restore.replay.ShippedWal;
import io.walkback.restore.replay.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Restores databases from a repository onto this host. Thread-safe; several restores may run at once, each into
/// its own directory. Needs no Kafka.
public final class RestoreEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreEngine.class);

    private final Repository repository;
    private final Optional<Parts> parts;
    private final Planner planner;

    /// @param parts where server programs are that the machine has no packages of; empty: only installed ones are
    /// used
    public RestoreEngine(Repository repository, Optional<Parts> parts) {
        this.repository = repository;
        this.parts = parts;
        this.planner = new Planner(repository);
    }

    /// What a restore would do; refusals as [Planner#plan] says. Writes nothing, and does not look at the
    /// directories.
    public RestorePlan plan(DatabaseId database, Command.Restore command) {
        return planner.plan(database, command);
    }

    /// Restores. With the same `operation` it may be called again after any failure or crash: it then starts anew,
    /// or tells what an earlier call has reached.
    ///
    /// An interrupt stops everything that was started; the directory stays marked incomplete.
    ///
    /// @param operation names this restore in markers: 1 to 200 printable characters
    public Facts.Restored restore(
            String operation, DatabaseId database, Command.Restore command, RestoreProgress progress)
            throws InterruptedException {
        long begun = System.nanoTime();
        progress.at("planning", 0, null, null);
        Path target = Path.of(command.directory()).normalize();
        Optional<Facts.Restored> told = earlier(operation, target);
        if (told.isPresent()) {
            LOG.atInfo().addKeyValue("operationId", operation).log("restore was complete already, telling its end");
            return told.get();
        }
        RestorePlan plan = planner.plan(database, command);
        Optional<ServerAccount> account = ServerAccount.forThisProcess();
        Optional<PostgresPrograms> programs = plan.run() ? Optional.of(programs(plan.major())) : Optional.empty();
        account.ifPresent(user -> user.makeReachable(plan.directory().resolve("any")));
        RestoreTargets targets = RestoreTargets.of(operation, plan, command.delta());
        targets.check();
        Map<String, Double> phases = new LinkedHashMap<>();
        phases.put("plan", (System.nanoTime() - begun) / 1e9);
        LOG.atInfo()
                .addKeyValue("operationId", operation)
                .addKeyValue("databaseId", database)
                .addKeyValue("backupId", plan.backup())
                .addKeyValue("timeline", plan.timeline())
                .addKeyValue("stop", plan.stop())
                .addKeyValue("directory", plan.directory())
                .log("restore planned");
        plan.notes().forEach(note -> LOG.atInfo()
                .addKeyValue("operationId", operation)
                .addKeyValue("note", note)
                .log("restore note"));
        RunDirectory run = RunDirectory.of(plan.directory());
        run.create(account);
        try (HostLock _ = HostLock.take(run.lock())) {
            targets.claim(account);
            Running running = new Running(operation, command.host(), plan, targets, run, account, progress, phases);
            Facts.Restored facts = running.restore(programs);
            KillPoint.at(KillPoint.RESTORE_COMPLETED);
            return facts;
        }
    }

    /// An ending of this operation counts while its copy is there and not marked incomplete.
    private static Optional<Facts.Restored> earlier(String operation, Path target) {
        if (target.getParent() == null || !Files.isDirectory(target) || Files.exists(marker(target))) {
            return Optional.empty();
        }
        return Ending.read(RunDirectory.of(target).ending(), operation);
    }

    private static Path marker(Path target) {
        return target.resolve(TargetDirectories.MARKER);
    }

    private PostgresPrograms programs(int major) {
        return PostgresPrograms.installed(major)
                .or(() -> parts.map(there -> PostgresPrograms.embedded(there, major)))
                .orElseThrow(() -> new OperatorActionException(
                        FailureCode.SERVER_BINARIES,
                        "PostgreSQL " + major + " is not installed on this host",
                        "Install its server package, or restore without starting a server."));
    }

    /// One restore under its lock.
    private final class Running {
        private final String operation;
        private final String host;
        private final RestorePlan plan;
        private final RestoreTargets targets;
        private final RunDirectory run;
        private final Optional<ServerAccount> account;
        private final RestoreProgress progress;
        private final Map<String, Double> phases;
        private @Nullable Long kept;

        Running(
                String operation,
                String host,
                RestorePlan plan,
                RestoreTargets targets,
                RunDirectory run,
                Optional<ServerAccount> account,
                RestoreProgress progress,
                Map<String, Double> phases) {
            this.operation = operation;
            this.host = host;
            this.plan = plan;
            this.targets = targets;
            this.run = run;
            this.account = account;
            this.progress = progress;
            this.phases = phases;
        }

        Facts.Restored restore(Optional<PostgresPrograms> programs) throws InterruptedException {
            LineageRepository lineage = repository
                    .find(plan.database(), plan.system())
                    .orElseThrow(() -> new IllegalStateException("a plan for a lineage that is not there"));
            long begun = System.nanoTime();
            long bytes = fetch(lineage);
            if (programs.isEmpty()) {
                new ShippedWal(plan, lineage.wal(), account).write();
            }
            Configuration configuration = new Configuration(plan, account);
            List<String> notes = programs.isEmpty() ? List.of() : configuration.addMissing();
            phases.put("fetch", (System.nanoTime() - begun) / 1e9);
            return programs.isEmpty() ? files(bytes, configuration) : open(bytes, lineage, programs.get(), notes);
        }

        private long fetch(LineageRepository lineage) throws InterruptedException {
            try (BackupReader reader = lineage.openBackup(plan.backup())) {
                Fetching fetch = targets.hasFiles()
                        ? new DeltaFetch(plan, reader, account, progress)
                        : new FileFetch(plan, reader, account, progress);
                long bytes = fetch.run();
                kept = fetch.kept();
                progress.at("syncing", bytes, bytes, null);
                Syncing.sync(targets.all());
                fetch.placeControlFile();
                progress.at("syncing", bytes, bytes, null);
                Syncing.sync(targets.all());
                return bytes;
            }
        }

        private Facts.Restored files(long bytes, Configuration configuration) throws InterruptedException {
            progress.beforeOpening();
            configuration.restored();
            Syncing.sync(targets.all());
            Facts.Restored facts = new Facts.Restored(
                    plan.backup(),
                    null,
                    null,
                    plan.timeline(),
                    host,
                    plan.directory().toString(),
                    bytes,
                    phases,
                    null,
                    kept);
            return told(facts);
        }

        private Facts.Restored open(
                long bytes, LineageRepository lineage, PostgresPrograms programs, List<String> notes)
                throws InterruptedException {
            Recovery.Durations durations = new Recovery(plan, lineage.wal(), run, programs, account, progress).run();
            phases.put("recover", durations.replay());
            long begun = System.nanoTime();
            progress.at("opening", 0, null, null);
            Verdict verdict = Verdict.of(plan, lineage.wal());
            Configuration configuration = new Configuration(plan, account);
            progress.beforeOpening();
            configuration.restored();
            configuration.write("walkback.restored", about(verdict, notes));
            Syncing.sync(targets.all());
            long pid = OpenServer.start(plan, run, programs, account);
            phases.put("promote", durations.promote() + (System.nanoTime() - begun) / 1e9);
            LOG.atInfo()
                    .addKeyValue("operationId", operation)
                    .addKeyValue("lsn", verdict.reached())
                    .addKeyValue("timeline", verdict.timeline())
                    .addKeyValue("pid", pid)
                    .addKeyValue("socket", run.path())
                    .log("restored server is open");
            return told(new Facts.Restored(
                    plan.backup(),
                    verdict.reached(),
                    verdict.reachedTime(),
                    verdict.timeline(),
                    host,
                    plan.directory().toString(),
                    bytes,
                    phases,
                    run.path().toString(),
                    kept));
        }

        private Facts.Restored told(Facts.Restored facts) {
            Ending.write(run.ending(), operation, facts);
            targets.complete();
            return facts;
        }

        private String about(Verdict verdict, List<String> notes) {
            StringBuilder text = new StringBuilder("Restored by Walkback, operation " + operation + ".\n\n");
            text.append("database           ").append(plan.database()).append('\n');
            text.append("backup             ").append(plan.backup()).append('\n');
            text.append("replayed up to     ").append(verdict.reached()).append('\n');
            text.append("last commit        ").append(verdict.reachedTime()).append('\n');
            text.append("timeline           ").append(verdict.timeline());
            text.append(", from ").append(plan.timeline()).append('\n');
            text.append("socket             ")
                    .append(run.path())
                    .append(", port ")
                    .append(Recovery.PORT);
            text.append("\nserver's log       ").append(run.log()).append("\n\n");
            text.append(
                    "archive_mode is off in postgresql.auto.conf: a restored copy archives nowhere until you say so.");
            text.append("\nThe server that was started first also runs without TCP, TLS, logical subscriptions and\n");
            text.append("synchronous standbys; the next ordinary start has all settings of the original again.\n");
            plan.notes().forEach(note -> text.append("\nNote: ").append(note).append('.'));
            notes.forEach(note -> text.append("\nNote: ").append(note).append('.'));
            return text.append('\n').toString();
        }
    }
}
