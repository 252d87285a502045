package io.walkback.standalone.demo;

import io.walkback.client.BackupForm;
import io.walkback.client.BackupView;
import io.walkback.client.DatabaseForm;
import io.walkback.client.OperationView;
import io.walkback.client.PolicyForm;
import io.walkback.client.RestoreForm;
import io.walkback.client.WalkbackClient;
import io.walkback.embedded.Parts;
import io.walkback.standalone.demo.DemoReport.Backup;
import io.walkback.standalone.demo.DemoReport.Restore;
import io.walkback.standalone.demo.DemoReport.Rows;
import io.walkback.standalone.up.Up;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The demo's steps, in order; what a later step needs of an earlier one is kept here. For one thread, except
/// [#stop].
final class Story {
    private static final String SHOP = "shop";
    private static final String BROKEN = "broken";
    private static final long LEAST_BYTES = 200_000_000;
    private static final Duration LIVE = Duration.ofSeconds(25);
    private static final int SEGMENTS = 3;
    private static final Duration ARCHIVED = Duration.ofSeconds(60);
    /// P10: a detected failure reaches a person within this time.
    private static final Duration ALERTED = Duration.ofSeconds(60);
    /// A third of the speed that the disks here have, so that there is a middle to kill a worker in.
    private static final int SLOW_KILOBYTES = 40_000;

    private final DemoOptions options;
    private final Path folder;
    private final Path root;
    private final Parts parts;
    private final Clock clock;
    private final Consumer<String> progress;
    private final Steps steps;
    private final Closing closing;
    private final Set<ProcessHandle> processes = new LinkedHashSet<>();
    private final List<Backup> backups = new ArrayList<>();
    private final Map<String, String> versions = new TreeMap<>();
    private @Nullable Double rto;
    private @Nullable Double rpo;
    private @Nullable Rows rows;
    private @Nullable Restore restore;
    private @Nullable Moment moment;

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
        versions.put("java", Runtime.version().toString());
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
        Ledger[] ledger = new Ledger[1];
        steps.take("database registered, writer running", figures -> {
            api.register(shop(database, 0));
            ledger[0] = closing.add(Ledger.start(database.connect(), clock));
            Waiting.until("the first rows", Duration.ofSeconds(10), () -> some(ledger[0].size() > 100));
            figures.put("rows", ledger[0].size());
        });
        Ledger writer = ledger[0];
        steps.take("first backup", figures -> figuresOf(backup(api), figures));
        steps.take("second backup", figures -> second(api, figures));
        Load[] load = new Load[1];
        steps.take("live WAL, several segments", figures -> {
            load[0] = closing.add(Load.start(database.connect(), SourceDatabase.ORDERS));
            stream(database, topics, writer, load[0], figures);
        });
        steps.take("disaster: DROP TABLE", figures -> disaster(database, topics, writer, figures));
        steps.take("WAL past the target archived", figures -> {
            archived(topics, figures);
            load[0].check();
            load[0].close();
        });
        RestoredCopy copy = closing.add(RestoredCopy.in(folder, "restored"));
        Connection[] restored = new Connection[1];
        steps.take("restore to one second before", figures -> {
            restored[0] = closing.add(restore(api, database, copy, figures));
        });
        steps.take("rows compared with the writer's journal", figures -> compare(restored[0], figures));
        steps.take("table back, sequence right, amcheck clean", figures -> Health.check(restored[0], figures));
        steps.take("worker killed in mid-backup", figures -> kill(up, api, database, topics, figures));
        steps.take("a failed backup reaches people", figures -> fail(api, database, capture, figures));
        steps.take("catalog read by a plain consumer", figures -> catalog(api, topics, figures));
        steps.take("everything stopped", figures -> stopped(up, database, copy, figures));
    }

    private void fill(SourceDatabase database, Figures figures) throws SQLException {
        database.start();
        try (Connection connection = database.connect()) {
            long bytes = Sql.number(connection, "SELECT sum(pg_database_size(oid)) FROM pg_database");
            versions.put("postgresql", Sql.text(connection, "SHOW server_version"));
            figures.put("bytes", bytes)
                    .put("tables", Sql.number(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                    .put("pageChecksums", Sql.text(connection, "SHOW data_checksums"));
            CheckFailed.unless(bytes >= LEAST_BYTES, "the database has " + bytes + " bytes only");
            CheckFailed.unless(
                    "on".equals(Sql.text(connection, "SHOW data_checksums")), "the database has no page checksums");
        }
    }

    private void ready(Platform platform, Figures figures) throws InterruptedException {
        Up up = platform.up();
        remember(up);
        versions.put("kafka-clients", AppInfoParser.getVersion());
        figures.put("processes", up.pids().size()).put("api", up.apiUrl().toString());
    }

    private DatabaseForm shop(SourceDatabase database, int kilobytes) {
        Path password = folder.resolve("shop.password");
        return form(SHOP, database, kilobytes == 0 ? database.passwordFile(password) : password, 3, kilobytes, true);
    }

    private static DatabaseForm form(
            String name, SourceDatabase database, Path password, int attempts, int kilobytes, boolean wal) {
        PolicyForm policy = new PolicyForm(false, null, null, attempts, "fast", kilobytes, wal, null, null);
        return new DatabaseForm(
                name,
                "127.0.0.1",
                database.port(),
                SourceDatabase.dbname(),
                SourceDatabase.ROLE,
                "file:" + password,
                null,
                null,
                policy,
                Map.of());
    }

    private BackupView backup(WalkbackClient api) throws InterruptedException {
        return remember(Platform.backup(api, SHOP));
    }

    private BackupView remember(BackupView backup) {
        backups.add(new Backup(
                backup.id(),
                Objects.requireNonNull(backup.sizeBytes(), "sizeBytes of a completed backup"),
                Objects.requireNonNull(backup.storedBytes(), "storedBytes of a completed backup"),
                Figures.rounded(seconds(
                        backup.requestedAt(),
                        Objects.requireNonNull(backup.completedAt(), "completedAt of a completed backup")))));
        return backup;
    }

    private static void figuresOf(BackupView backup, Figures figures) {
        figures.put("id", backup.id())
                .put("bytes", Objects.requireNonNull(backup.sizeBytes()))
                .put("storedBytes", Objects.requireNonNull(backup.storedBytes()))
                .put("pageChecksumErrors", Objects.requireNonNull(backup.pageChecksumErrors()));
        CheckFailed.unless(backup.state().equals("COMPLETED"), "the catalog has it as " + backup.state());
        CheckFailed.unless(
                Objects.requireNonNull(backup.pageChecksumErrors()) == 0, "pages do not match their checksums");
        CheckFailed.unless(Objects.requireNonNull(backup.sizeBytes()) >= LEAST_BYTES, "it is too small");
    }

    private void second(WalkbackClient api, Figures figures) throws InterruptedException {
        figuresOf(backup(api), figures);
        long first = backups.getFirst().storedBytes();
        long again = backups.getLast().storedBytes();
        figures.put("ofFirst", (double) again / first);
        CheckFailed.unless(again < first / 4, "it stored " + again + " bytes, the first one " + first);
    }

    private void stream(SourceDatabase database, TopicReader topics, Ledger writer, Load load, Figures figures)
            throws Exception {
        int before = segments(topics).size();
        int rowsBefore = writer.size();
        Instant from = clock.instant();
        try (Connection connection = database.connect()) {
            String lsn = Sql.text(connection, "SELECT pg_current_wal_lsn()");
            List<GenericRecord> archived = Waiting.until(SEGMENTS + " more segments", ARCHIVED, () -> {
                List<GenericRecord> now = segments(topics);
                boolean enough = now.size() >= before + SEGMENTS && seconds(from, clock.instant()) >= LIVE.toSeconds();
                return enough ? Optional.of(now) : Optional.empty();
            });
            long bytes = Sql.number(connection, "SELECT pg_current_wal_lsn() - '" + lsn + "'::pg_lsn");
            figures.put("walBytes", bytes)
                    .put("segmentsArchived", archived.size() - before)
                    .put("rowsWritten", writer.size() - rowsBefore);
        }
        load.check();
        CheckFailed.unless(writer.end() == null, "the writer ended: " + writer.end());
    }

    private static List<GenericRecord> segments(TopicReader topics) {
        return topics.all("wal-segment-archived").stream()
                .filter(read -> read.key().equals(SHOP))
                .map(read -> Objects.requireNonNull(read.value()))
                .toList();
    }

    /// The newest commit that is in the repository; empty before the first.
    private static Optional<Instant> lastDurable(TopicReader topics) {
        return segments(topics).stream()
                .map(segment -> segment.get("lastCommitAt"))
                .filter(Objects::nonNull)
                .map(micros -> Instant.EPOCH.plusNanos(Math.multiplyExact((Long) micros, 1000L)))
                .max(Instant::compareTo);
    }

    private void disaster(SourceDatabase database, TopicReader topics, Ledger writer, Figures figures)
            throws Exception {
        Instant durable = lastDurable(topics).orElseThrow(() -> new CheckFailed("no commit is in the repository"));
        Instant dropped;
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            dropped = Sql.time(connection, "SELECT clock_timestamp()");
            Sql.run(connection, "DROP TABLE ledger");
            connection.commit();
        }
        SQLException end =
                Waiting.until("the writer to notice", Duration.ofSeconds(20), () -> Optional.ofNullable(writer.end()));
        CheckFailed.unless("42P01".equals(end.getSQLState()), "the writer ended by something else: " + end);
        Moment target = Moment.atOrBefore(dropped.minusSeconds(1), writer.journal());
        moment = target;
        rpo = Figures.rounded(seconds(durable, dropped));
        figures.put("at", dropped.toString())
                .put("target", target.target().toString())
                .put("rowsByTarget", target.expected().size())
                .put("rowsAfterTarget", target.later().size())
                .put("rpoSeconds", rpo);
        CheckFailed.unless(target.expected().size() > 1000, "the writer had written too little to compare");
        CheckFailed.unless(!target.later().isEmpty(), "nothing was committed after the target");
    }

    private Moment target() {
        return Objects.requireNonNull(moment, "the disaster comes first");
    }

    private void archived(TopicReader topics, Figures figures) throws Exception {
        Instant last = Waiting.until(
                "WAL past " + target().target() + " in the repository", ARCHIVED, () -> lastDurable(topics)
                        .filter(target().target()::isBefore));
        figures.put("lastCommitArchived", last.toString());
    }

    private Connection restore(WalkbackClient api, SourceDatabase database, RestoredCopy copy, Figures figures)
            throws Exception {
        long begun = System.nanoTime();
        RestoreForm form = RestoreForm.latest(
                        SHOP, Platform.HOST, copy.directory().toString())
                .toTime(target().target().toString());
        String id = api.restore(form, null).operationId();
        OperationView ended = Platform.completed(Platform.await(api, id));
        double seconds = (System.nanoTime() - begun) / 1e9;
        String socket = Objects.requireNonNull(ended.resultText("socket"), "the socket of a started copy");
        Connection connection = copy.connect(Path.of(socket), database.superuserLogin(), SourceDatabase.dbname());
        long count = Sql.number(connection, "SELECT count(*) FROM ledger");
        rto = Figures.rounded((System.nanoTime() - begun) / 1e9);
        restore = new Restore(target().target().toString(), Figures.rounded(seconds));
        figures.put("operation", id)
                .put("backup", String.valueOf(ended.resultText("backupId")))
                .put("reachedLsn", String.valueOf(ended.resultText("reachedLsn")))
                .put("rows", count)
                .put("rtoSeconds", rto);
        return connection;
    }

    private void compare(Connection restored, Figures figures) throws SQLException {
        Comparison comparison = Comparison.of(target().expected(), RestoredCopy.rows(restored));
        rows = new Rows(comparison.expected(), comparison.restored());
        figures.put("expected", comparison.expected())
                .put("restored", comparison.restored())
                .put("missing", comparison.missing())
                .put("extra", comparison.extra())
                .put("different", comparison.different());
        CheckFailed.unless(comparison.isExact(), "the rows are not those that were committed: " + comparison.first());
    }

    private void kill(Up up, WalkbackClient api, SourceDatabase database, TopicReader topics, Figures figures)
            throws Exception {
        api.register(shop(database, SLOW_KILOBYTES));
        String id = api.createBackup(BackupForm.of(SHOP), null).operationId();
        OperationView running = Waiting.until("a backup in the middle", Duration.ofSeconds(30), () -> {
            OperationView now = api.operation(id);
            CheckFailed.unless(!now.over(), "the backup ended " + now.state() + " before its worker could be killed");
            OperationView.Progress at = now.progress();
            return at != null && at.bytesDone() > 0 ? Optional.of(now) : Optional.empty();
        });
        up.kill("backup-worker");
        long killed = System.nanoTime();
        OperationView ended = Platform.completed(Platform.await(api, id));
        remember(up);
        BackupView backup = remember(api.backup(id, SHOP));
        long completions = Waiting.until(
                "the fact of the completion", Duration.ofSeconds(10), () -> positive(completions(topics, id)));
        figures.put("id", id)
                .put("bytesAtKill", Objects.requireNonNull(running.progress()).bytesDone())
                .put("attempts", ended.attempts())
                .put("secondsAfterKill", (System.nanoTime() - killed) / 1e9)
                .put("completions", completions);
        CheckFailed.unless(ended.attempts() == 2, "it took " + ended.attempts() + " attempts");
        CheckFailed.unless(completions == 1, "it completed " + completions + " times");
        CheckFailed.unless(
                !Objects.equals(running.worker(), ended.worker()), "the worker that was killed completed it");
        CheckFailed.unless(backup.state().equals("COMPLETED"), "the catalog has it as " + backup.state());
    }

    private static long completions(TopicReader topics, String backup) {
        return topics.all("backup-completed").stream()
                .map(read -> Objects.requireNonNull(read.value()))
                .filter(fact -> backup.contentEquals((CharSequence) fact.get("backupId")))
                .count();
    }

    private void fail(WalkbackClient api, SourceDatabase database, CaptureEndpoint capture, Figures figures)
            throws Exception {
        Path wrong = SourceDatabase.wrongPasswordFile(folder.resolve("broken.password"));
        api.register(form(BROKEN, database, wrong, 1, 0, false));
        String id = api.createBackup(BackupForm.of(BROKEN), null).operationId();
        OperationView ended = Platform.await(api, id);
        OperationView.Problem problem = ended.problem();
        CheckFailed.unless(
                ended.state().equals("FAILED")
                        && problem != null
                        && problem.code().equals("POSTGRES_AUTHENTICATION"),
                "a backup with a wrong password ended " + ended.state() + ", " + problem);
        JsonNode event =
                Waiting.until("an event for PagerDuty", ALERTED, () -> about(capture.pagerDuty(), "/payload/source"));
        JsonNode message = Waiting.until("a message to Slack", ALERTED, () -> about(capture.slack(), "/text"));
        Instant failed = Objects.requireNonNull(ended.endedAt(), "endedAt of an operation that is over");
        figures.put("code", Objects.requireNonNull(problem).code())
                .put("secondsToAlert", seconds(failed, clock.instant()))
                .put("slack", message.at("/text").asString())
                .put("pagerDuty", event.at("/dedup_key").asString());
        CheckFailed.unless(
                event.at("/event_action").asString().equals("trigger"), "PagerDuty was told something else: " + event);
    }

    private static Optional<JsonNode> about(List<JsonNode> told, String where) {
        return told.stream()
                .filter(one -> one.at(where).asString("").contains(BROKEN))
                .findFirst();
    }

    /// What the catalog topic says in the end, per key, against what the API says.
    private void catalog(WalkbackClient api, TopicReader topics, Figures figures) throws InterruptedException {
        Map<String, String> read = new TreeMap<>();
        Map<String, Long> newest = new HashMap<>();
        List<TopicReader.Read> records = topics.all("backup-catalog");
        for (TopicReader.Read one : records) {
            GenericRecord entry = one.value();
            long version = entry == null ? Long.MAX_VALUE : (Long) entry.get("stateVersion");
            if (entry != null && version >= newest.getOrDefault(one.key(), Long.MIN_VALUE)) {
                newest.put(one.key(), version);
                read.put(String.valueOf(entry.get("backupId")), String.valueOf(entry.get("status")));
            }
        }
        Map<String, String> told = new TreeMap<>();
        api.backups(null, null, null, null).forEach(backup -> told.put(backup.id(), backup.state()));
        figures.put("records", records.size()).put("backups", read.size());
        CheckFailed.unless(read.equals(told), "the topic says " + read + ", the API says " + told);
        CheckFailed.unless(
                read.values().stream().filter("COMPLETED"::equals).count() == backups.size()
                        && read.values().stream().filter("FAILED"::equals).count() == 1,
                "the catalog has " + read);
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

    private static Optional<Boolean> some(boolean holds) {
        return holds ? Optional.of(true) : Optional.empty();
    }

    private static Optional<Long> positive(long count) {
        return count > 0 ? Optional.of(count) : Optional.empty();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
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
        return new DemoReport(
                passed, steps.taken(), rto, rpo, rows, List.copyOf(backups), restore, Map.copyOf(versions));
    }
}
