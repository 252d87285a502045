package io.walkback.restore.sandbox;

import io.walkback.domain.operation.Command;
import io.walkback.embedded.Parts;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.PostgresServer;
import io.walkback.embedded.ServerAccount;
import io.walkback.postgres.connection.LocalServer;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.fetch.FileFetch;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.fetch.Syncing;
import io.walkback.restore.plan.Planner;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.plan.TablespacePlan;
import io.walkback.restore.replay.Configuration;
import io.walkback.restore.replay.Recovery;
import io.walkback.restore.replay.RunDirectory;
import io.walkback.restore.replay.ScratchServer;
import io.walkback.restore.replay.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The way to one open sandbox: the steps of a restore, each timed.
final class Opening {
    private final Planner planner;
    private final Repository repository;
    private final Optional<Parts> parts;
    private final Optional<ServerAccount> account;
    private final SandboxRequest request;
    private final ScratchFolder folder;
    private final TimeLimit limit;
    private final RestoreProgress progress;
    private final Map<String, Double> phases = new LinkedHashMap<>();
    private long phaseBegun = System.nanoTime();

    Opening(
            Planner planner,
            Repository repository,
            Optional<Parts> parts,
            Optional<ServerAccount> account,
            SandboxRequest request,
            ScratchFolder folder,
            TimeLimit limit,
            RestoreProgress progress) {
        this.planner = planner;
        this.repository = repository;
        this.parts = parts;
        this.account = account;
        this.request = request;
        this.folder = folder;
        this.limit = limit;
        this.progress = progress;
    }

    Sandbox open() throws InterruptedException {
        progress.at("provisioning", 0, null, null);
        RestorePlan plan = planner.plan(request.database(), command());
        PostgresPrograms programs = PostgresPrograms.find(parts, plan.major());
        RestoreTargets targets = RestoreTargets.of(request.operation(), plan, false);
        targets.check();
        RunDirectory run = folder.run();
        run.create(account);
        targets.claim(account);
        ended("provision");
        LineageRepository lineage = repository
                .find(plan.database(), plan.system())
                .orElseThrow(() -> new IllegalStateException("a plan for a lineage that is not there"));
        long bytes = fetch(plan, lineage, targets);
        Recovery.Durations recovered = new Recovery(
                        plan,
                        lineage.wal(),
                        run,
                        programs,
                        account,
                        progress,
                        SandboxSettings.replaying(folder.writable()))
                .run();
        phases.put("replay", recovered.replay());
        phases.put("promote", recovered.promote());
        phaseBegun = System.nanoTime();
        Verdict reached = Verdict.of(plan, lineage.wal());
        new Configuration(plan, account).restored();
        phases.merge("verify", (System.nanoTime() - phaseBegun) / 1e9, Double::sum);
        String superuser = new SingleUser(plan, run, programs, account).prepare();
        return serve(plan, run, programs, new Sandbox.Copy(plan, reached, bytes, superuser));
    }

    /// Bytes are verified as they come; what `verify` takes is that they are on disk, and that recovery reached what
    /// was planned.
    private long fetch(RestorePlan plan, LineageRepository lineage, RestoreTargets targets)
            throws InterruptedException {
        try (BackupReader reader = lineage.openBackup(plan.backup())) {
            FileFetch fetch = new FileFetch(plan, reader, account, progress);
            long bytes = fetch.run();
            fetch.placeControlFile();
            new Configuration(plan, account).addMissing();
            ended("fetch");
            progress.at("syncing", bytes, bytes, null);
            Syncing.sync(targets.all());
            ended("verify");
            return bytes;
        }
    }

    private Sandbox serve(RestorePlan plan, RunDirectory run, PostgresPrograms programs, Sandbox.Copy copy) {
        progress.at("opening", 0, null, null);
        PostgresServer server = ScratchServer.of(plan, run, programs, account, SandboxSettings.open(folder.writable()));
        Sandbox sandbox = null;
        phaseBegun = System.nanoTime();
        try {
            server.start();
            LocalServer address = new LocalServer(run.path(), server.port());
            sandbox = new Sandbox(copy, server, address, folder, limit, phases);
            sandbox.firstQuery();
            ended("first_query");
            return sandbox;
        } finally {
            if (!phases.containsKey("first_query")) {
                server.stopImmediately();
            }
        }
    }

    /// No tablespace is put where it is on the source, whatever it is called (pitfall 48).
    private Command.Restore command() {
        return new Command.Restore(
                request.backup(),
                request.target(),
                request.timeline(),
                "",
                folder.data().toString(),
                Map.of(TablespacePlan.ANY_OTHER, folder.tablespaces().toString()),
                true);
    }

    private void ended(String phase) {
        long now = System.nanoTime();
        phases.put(phase, (now - phaseBegun) / 1e9);
        phaseBegun = now;
    }
}
