package io.walkback.standalone.demo;

import io.walkback.client.WalkbackClient;
import io.walkback.embedded.Parts;
import io.walkback.standalone.up.Up;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.AppInfoParser;

/// The demo's steps, in order. For one thread, except [#stop].
final class Story {
    private final DemoOptions options;
    private final Path folder;
    private final Path root;
    private final Parts parts;
    private final Clock clock;
    private final Consumer<String> progress;
    private final Steps steps;
    private final Closing closing;
    private final Set<ProcessHandle> processes = new LinkedHashSet<>();
    private final Measured measured = new Measured();

    Story(
            DemoOptions options,
            Path folder,
            Path root,
            Parts parts,
            Clock clock,
            Consumer<String> progress,
            Steps steps) {
        this.options = options;
        this.folder = folder;
        this.root = root;
        this.parts = parts;
        this.clock = clock;
        this.progress = progress;
        this.steps = steps;
        this.closing = new Closing(progress);
        measured.version("java", Runtime.version().toString());
    }

    /// Takes every step.
    void tell() throws Steps.Failed, InterruptedException {
        CaptureEndpoint capture = closing.add(CaptureEndpoint.start());
        Platform platform = closing.add(Platform.start(folder.resolve("platform"), root, parts, capture, progress));
        SourceDatabase database = closing.add(SourceDatabase.in(folder.resolve("database"), parts, options.major()));
        steps.take("database started and filled", figures -> fill(database, figures));
        steps.take("broker, registry and services started", figures -> ready(platform, figures));
        Up up = platform.up();
        WalkbackClient api = closing.add(new WalkbackClient(up.apiUrl(), null));
        TopicReader topics = closing.add(new TopicReader(up.bootstrapServers(), up.registryUrl()));
        Registrations registrations = new Registrations(folder, database);
        BackupChapter backups = new BackupChapter(api, topics, registrations, measured, clock);
        RecoveryChapter recovery = new RecoveryChapter(api, database, topics, measured, clock);
        Ledger[] ledger = new Ledger[1];
        steps.take("database registered, writer running", figures -> {
            api.register(registrations.shop());
            ledger[0] = closing.add(Ledger.start(database.connect(), clock));
            Waiting.until("the first rows", Duration.ofSeconds(10), () -> Optional.of(ledger[0].size())
                    .filter(rows -> rows > 100));
            figures.put("rows", ledger[0].size());
        });
        Ledger writer = ledger[0];
        steps.take("first backup", backups::first);
        steps.take("second backup", backups::second);
        Load[] load = new Load[1];
        steps.take("live WAL, several segments", figures -> {
            load[0] = closing.add(Load.start(database.connect(), SourceDatabase.ORDERS));
            recovery.stream(writer, load[0], figures);
        });
        steps.take("WAL durable on the broker", figures -> {
            api.register(registrations.shopWithTail());
            recovery.tail(figures);
            load[0].check();
        });
        steps.take("disaster: DROP TABLE", figures -> recovery.disaster(writer, figures));
        steps.take("WAL past the target archived", figures -> {
            recovery.archived(figures);
            load[0].check();
            load[0].close();
        });
        RestoredCopy copy = closing.add(RestoredCopy.in(folder, "restored"));
        Connection[] restored = new Connection[1];
        steps.take("restore to one second before", figures -> {
            restored[0] = closing.add(recovery.restore(copy, figures));
        });
        steps.take("rows compared with the writer's journal", figures -> recovery.compare(restored[0], figures));
        steps.take("table back, sequence right, amcheck clean", figures -> Health.check(restored[0], figures));
        steps.take("worker killed in mid-backup", figures -> {
            backups.kill(up, figures);
            remember(up);
        });
        steps.take("a failed backup reaches people", figures -> backups.fail(capture, figures));
        steps.take("catalog read by a plain consumer", backups::catalog);
        steps.take("everything stopped", figures -> stopped(up, database, copy, figures));
    }

    private void fill(SourceDatabase database, Figures figures) throws SQLException {
        database.start();
        try (Connection connection = database.connect()) {
            long bytes = Sql.number(connection, "SELECT sum(pg_database_size(oid)) FROM pg_database");
            measured.version("postgresql", Sql.text(connection, "SHOW server_version"));
            figures.put("bytes", bytes)
                    .put("tables", Sql.number(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                    .put("pageChecksums", Sql.text(connection, "SHOW data_checksums"));
            CheckFailed.unless(bytes >= BackupChapter.LEAST_BYTES, "the database has " + bytes + " bytes only");
            CheckFailed.unless(
                    "on".equals(Sql.text(connection, "SHOW data_checksums")), "the database has no page checksums");
        }
    }

    private void ready(Platform platform, Figures figures) throws InterruptedException {
        Up up = platform.up();
        remember(up);
        measured.version("kafka-clients", AppInfoParser.getVersion());
        figures.put("processes", up.pids().size()).put("api", up.apiUrl().toString());
    }

    private void stopped(Up up, SourceDatabase database, RestoredCopy copy, Figures figures) {
        remember(up);
        processes.addAll(database.processes());
        processes.addAll(copy.processes());
        CheckFailed.unless(closing.closeAll(), "not everything could be ended");
        List<Long> left = processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
        figures.put("processes", processes.size()).put("left", left.size());
        CheckFailed.unless(left.isEmpty(), "still running: " + left);
    }

    private void remember(Up up) {
        up.pids().values().forEach(pid -> ProcessHandle.of(pid).ifPresent(processes::add));
    }

    /// Ends whatever runs. May be called from any thread, and again.
    void stop() {
        closing.closeAll();
    }

    /// Where to look after a failure.
    List<String> logs() {
        return List.of(
                folder.resolve("platform/logs") + "/*.log",
                folder.resolve("platform/broker/broker.log").toString(),
                folder.resolve("platform/registry/registry.log").toString(),
                folder.resolve("database.log").toString(),
                folder.resolve("restored-walkback/server.log").toString());
    }

    /// What was measured so far.
    DemoReport report(boolean passed) {
        return measured.report(passed, steps.taken());
    }
}
