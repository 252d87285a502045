package io.walkback.restore;

import io.walkback.domain.operation.Facts;
import io.walkback.embedded.PostgresPrograms;
import io.walkback.embedded.ServerAccount;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.backup.BackupReader;
import io.walkback.restore.fetch.DeltaFetch;
import io.walkback.restore.fetch.Fetching;
import io.walkback.restore.fetch.FileFetch;
import io.walkback.restore.fetch.RestoreTargets;
import io.walkback.restore.fetch.Syncing;
import io.walkback.restore.plan.RestorePlan;
import io.walkback.restore.replay.Configuration;
import io.walkback.restore.replay.OpenServer;
import io.walkback.restore.replay.Recovery;
import io.walkback.restore.replay.RunDirectory;
import io.walkback.restore.replay.ShippedWal;
import io.walkback.restore.replay.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One restore under its lock.
final class RestoreRun {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreRun.class);

    private final LineageRepository lineage;
    private final String operation;
    private final String host;
    private final RestorePlan plan;
    private final RestoreTargets targets;
    private final RunDirectory run;
    private final Optional<ServerAccount> account;
    private final RestoreProgress progress;
    private final Map<String, Double> phases;
    private @Nullable Long kept;

    RestoreRun(
            LineageRepository lineage,
            String operation,
            String host,
            RestorePlan plan,
            RestoreTargets targets,
            RunDirectory run,
            Optional<ServerAccount> account,
            RestoreProgress progress,
            Map<String, Double> phases) {
        this.lineage = lineage;
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
        long begun = System.nanoTime();
        long bytes = fetch();
        if (programs.isEmpty()) {
            new ShippedWal(plan, lineage.wal(), account).write();
        }
        Configuration configuration = new Configuration(plan, account);
        List<String> notes = programs.isEmpty() ? List.of() : configuration.addMissing();
        phases.put("fetch", (System.nanoTime() - begun) / 1e9);
        return programs.isEmpty() ? files(bytes, configuration) : open(bytes, programs.get(), notes);
    }

    private long fetch() throws InterruptedException {
        try (BackupReader reader = lineage.openBackup(plan.backup())) {
            Fetching fetch = targets.hasFiles()
                    ? new DeltaFetch(plan, reader, account, progress)
                    : new FileFetch(plan, reader, account, progress);
            long bytes = fetch.run();
            kept = fetch.kept();
            targets.fetched(account);
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

    private Facts.Restored open(long bytes, PostgresPrograms programs, List<String> notes) throws InterruptedException {
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
        text.append("socket             ").append(run.path()).append(", port ").append(Recovery.PORT);
        text.append("\nserver's log       ").append(run.log()).append("\n\n");
        text.append("archive_mode is off in postgresql.auto.conf: a restored copy archives nowhere until you say so.");
        text.append("\nThe server that was started first also runs without TCP, TLS, logical subscriptions and\n");
        text.append("synchronous standbys; the next ordinary start has all settings of the original again.\n");
        plan.notes().forEach(note -> text.append("\nNote: ").append(note).append('.'));
        notes.forEach(note -> text.append("\nNote: ").append(note).append('.'));
        return text.append('\n').toString();
    }
}
