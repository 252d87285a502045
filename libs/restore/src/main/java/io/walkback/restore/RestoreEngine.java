package io.walkback.restore;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.KillPoint;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.plan.PlannedRestore;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.restore.fetch.HostLock;
import io.walkback.restore.fetch.InPlaceDirectories;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.fetch.TargetDirectories;
import io.walkback.restore.inplace.InPlaceHost;
import io.walkback.restore.inplace.InPlaceRestore;
import io.walkback.restore.plan.Planner;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.preview.Preview;
import io.walkback.restore.preview.Rates;
import io.walkback.restore.replay.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Restores databases from a repository onto this host. Thread-safe; several restores may run at once, each into
/// its own directory. Needs no Kafka.
public final class RestoreEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreEngine.class);

    private final Repository repository;
    private final Optional<Parts> parts;
    private final InPlaceHost host;
    private final Planner planner;

    /// @param parts where server programs are that the machine has no packages of; empty: only installed ones are
    /// used
    public RestoreEngine(Repository repository, Optional<Parts> parts) {
        this(repository, parts, InPlaceHost.plain());
    }

    /// @param host what this host has for restores in place
    public RestoreEngine(Repository repository, Optional<Parts> parts, InPlaceHost host) {
        this.repository = repository;
        this.parts = parts;
        this.host = host;
        this.planner = new Planner(repository);
    }

    /// What a restore would do; refusals as [Planner#plan] says. Writes nothing, and does not look at the
    /// directories.
    public RestorePlan plan(DatabaseId database, Command.Restore command) {
        return planner.plan(database, command);
    }

    /// What a restore would do to this host, with the checks before it; refusals of the plan itself as
    /// [Planner#plan] says, while what stands in the way on the host is told in the checks. Changes nothing.
    ///
    /// @param rates of this host
    public PlannedRestore preview(DatabaseId database, Command.Restore command, Rates rates) {
        RestorePlan plan = planner.plan(database, command);
        return preview("preview", command, plan, rates);
    }

    private PlannedRestore preview(String operation, Command.Restore command, RestorePlan plan, Rates rates) {
        RestoreTargets targets = RestoreTargets.of(operation, plan, command);
        return new Preview(command, plan, targets, lineage(plan).wal(), host.hooks())
                .of(rates, () -> programs(plan.major()));
    }

    /// How fast a restore was, empty when it was too short to tell.
    public Optional<Rates> rates(DatabaseId database, Facts.Restored restored) {
        return repository
                .current(database)
                .flatMap(lineage -> lineage.findBackup(restored.backup()))
                .flatMap(backup -> Rates.of(restored, backup.facts().wal().start()));
    }

    /// Somebody has seen a plan, and it must be this one.
    private void requirePlan(String operation, Command.Restore command, RestorePlan plan) {
        String wanted = command.planDigest();
        if (wanted == null) {
            return;
        }
        PlannedRestore now = preview(operation, command, plan, Rates.ASSUMED);
        if (!wanted.equals(now.digest())) {
            throw new OperatorActionException(
                    FailureCode.PLAN_CHANGED,
                    "the plan has digest " + now.digest() + " now, not " + wanted + ": backup " + now.backup()
                            + " on timeline " + now.timeline() + " into '" + now.directory() + "', over "
                            + (now.present() == null
                                    ? "nothing"
                                    : "cluster " + now.present().system()),
                    "Nothing was changed. Plan again with --validate-only, look at what is different, and give the"
                            + " new digest.");
        }
    }

    private LineageRepository lineage(RestorePlan plan) {
        return repository
                .find(plan.database(), plan.system())
                .orElseThrow(() -> new IllegalStateException("a plan for a lineage that is not there"));
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
        if (command.validateOnly()) {
            throw new IllegalArgumentException("a restore that shall only be planned is carried out");
        }
        long begun = System.nanoTime();
        progress.at("planning", 0, null, null);
        Path target = Path.of(command.directory()).normalize();
        Optional<Facts.Restored> told = earlier(operation, target, command.inPlace() != null);
        if (told.isPresent()) {
            LOG.atInfo().addKeyValue("operationId", operation).log("restore was complete already, telling its end");
            return told.get();
        }
        RestorePlan plan = planner.plan(database, command);
        Optional<ServerAccount> account = ServerAccount.forThisProcess();
        Optional<PostgresPrograms> programs = plan.run() ? Optional.of(programs(plan.major())) : Optional.empty();
        account.ifPresent(user -> user.makeReachable(plan.directory().resolve("any")));
        RunDirectory run = RunDirectory.of(plan.directory());
        InPlaceRestore.undoUnfinished(run, host.hooks(), operation);
        RestoreTargets targets = RestoreTargets.of(operation, plan, command);
        requirePlan(operation, command, plan);
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
        run.create(account);
        try (HostLock _ = HostLock.take(run.lock())) {
            InPlaceRestore.Restoring restoring = () -> {
                targets.claim(account);
                return new RestoreRun(
                                lineage(plan), operation, command.host(), plan, targets, run, account, progress, phases)
                        .restore(programs);
            };
            Facts.Restored facts;
            if (command.inPlace() != null && targets instanceof InPlaceDirectories directories) {
                facts = new InPlaceRestore(run, host, progress)
                        .restore(operation, plan, directories, command.inPlace(), restoring);
                // Without the socket of the copy where a hook has started the server anew.
                Ending.write(run.ending(), operation, facts);
            } else {
                facts = restoring.restore();
            }
            KillPoint.at(KillPoint.RESTORE_COMPLETED);
            return facts;
        }
    }

    /// An ending of this operation counts while its copy is there and not marked incomplete; one in place when its
    /// journal says so too.
    private static Optional<Facts.Restored> earlier(String operation, Path target, boolean inPlace) {
        if (target.getParent() == null || !Files.isDirectory(target) || Files.exists(marker(target))) {
            return Optional.empty();
        }
        RunDirectory run = RunDirectory.of(target);
        return inPlace && !InPlaceRestore.isDone(run, operation)
                ? Optional.empty()
                : Ending.read(run.ending(), operation);
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
}
