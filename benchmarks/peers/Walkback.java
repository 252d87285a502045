package peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Walkback's platform on embedded parts: a backup is a request to the running services, waited for by the command
/// line, whose start is part of the time; a restore is the command line alone, reading the repository, and a delta
/// restore a request to the running restore-worker, waited for by the command line.
///
/// Each beginning registers the cluster under a new name, so that the first backup finds nothing to build on.
final class Walkback implements Tool {
    private static final Pattern WORKER = Pattern.compile("\"backup-worker\":(\\d+)");
    private static final Pattern RESTORER = Pattern.compile("\"restore-worker\":(\\d+)");
    private static final Pattern API = Pattern.compile("\"apiUrl\":\"([^\"]+)\"");

    private static final int CATCHING_UP_SECONDS = 30;
    private static final int LEAST_SECONDS = 3;
    /// Processor seconds in a second.
    private static final double IDLE = 0.4;

    private final String name;
    private final Options options;
    private final Cluster cluster;
    private final Path home;
    private final Map<String, String> environment;
    /// As the command line takes it.
    private final String repository;
    /// The folder that it is.
    private final Path stored;

    /// What the cluster is called, which is also in the name of a replication slot: another one for each platform.
    private final String database;

    private final Process up;
    private final String api;
    private final long worker;
    private final Meter meter;
    private final Meter restorer;
    private Path restored;
    private int begun;
    private boolean held;

    /// @param store where the repository is, or null: in a folder
    Walkback(String name, Options options, Cluster cluster, ObjectStore store)
            throws IOException, InterruptedException {
        this.name = name;
        this.options = options;
        this.cluster = cluster;
        this.home = options.work().resolve(name);
        Processes.run(cluster.home(), "rm", "-rf", home.toString());
        Processes.run(cluster.home(), "mkdir", "-m", "700", home.toString());
        database = store == null ? "folder" : "bucket";
        if (store == null) {
            stored = home.resolve("data/repository");
            repository = stored.toString();
            environment = Map.of();
        } else {
            stored = store.bucket(name);
            repository = "s3://" + name + "/peers?endpoint=" + store.endpoint() + "&region=" + ObjectStore.REGION;
            environment = Map.of(
                    "AWS_ACCESS_KEY_ID", ObjectStore.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", ObjectStore.SECRET_KEY);
        }
        Path log = options.work().resolve(name + "-up.log");
        ProcessBuilder builder = builder(
                "--output", "json", "up", "--data", data().toString(), "--api-port", "0", "--repository", repository);
        up = Processes.keep(builder.redirectError(log.toFile()).start());
        cluster.ignore(up.pid());
        BufferedReader lines = up.inputReader(StandardCharsets.UTF_8);
        String ready = lines.readLine();
        if (ready == null) {
            throw new IOException("walkback up ended: see " + log);
        }
        api = find(API, ready);
        worker = Long.parseLong(find(WORKER, ready));
        long storing = store == null ? 0 : store.pid();
        meter = new Meter(cluster, new Meter.Living(worker, up.pid(), storing));
        restorer = new Meter(cluster, new Meter.Living(Long.parseLong(find(RESTORER, ready)), up.pid(), storing));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean can(Task task) {
        return true;
    }

    @Override
    public void begin() throws Exception {
        if (begun > 0) {
            walkback("databases", "remove", database(), "--yes");
        }
        begun++;
        walkback(
                "databases",
                "add",
                database(),
                "--url",
                "postgresql://postgres@127.0.0.1:" + cluster.port() + "/postgres");
    }

    @Override
    public Sample measure(Task task) throws Exception {
        if (task == Task.RESTORE) {
            return restore();
        }
        if (task.isRestore()) {
            return restoreOver(task);
        }
        Sample sample = meter.measure(stored, () -> walkback("backup", "create", "--database", database(), "--wait"));
        if (task == Task.FIRST) {
            begin();
        }
        return sample;
    }

    private Sample restore() throws Exception {
        Path target = Processes.fresh(home, cluster);
        restored = target;
        Meter alone = new Meter(cluster, Meter.Living.NONE);
        Sample sample = alone.measure(
                        target,
                        () -> walkback(
                                "restore",
                                "--from-repository",
                                repository,
                                "--database",
                                database(),
                                "--to",
                                target.toString(),
                                "--no-start",
                                "--key-file",
                                data().resolve("keys/repository.key").toString()))
                .withoutStored();
        cluster.program("pg_verifybackup", "-n", target.toString());
        return sample;
    }

    /// Stops the platform's processes: idle they take a tenth of two cores, mostly the broker.
    @Override
    public void hold() throws Exception {
        if (!held) {
            Processes.signal("-STOP", up);
            held = true;
        }
    }

    @Override
    public void release() throws Exception {
        if (!held) {
            return;
        }
        Processes.signal("-CONT", up);
        held = false;
        double before = Processes.cpuOfTree(up.pid());
        for (int second = 0; second < CATCHING_UP_SECONDS; second++) {
            // The time over which processor seconds are taken: heartbeats and rebalancing come first.
            Thread.sleep(1000);
            double now = Processes.cpuOfTree(up.pid());
            if (second >= LEAST_SECONDS && now - before < IDLE) {
                return;
            }
            before = now;
        }
        System.err.println(name + " is still busy after " + CATCHING_UP_SECONDS + " s");
    }

    /// Over the directory that was restored before; that one is always whole when the time begins.
    private Sample restoreOver(Task task) throws Exception {
        if (restored == null) {
            restore();
        }
        if (task == Task.DELTA_CHANGED) {
            Damage.onePercent(restored);
        }
        Sample sample = restorer.measure(
                        restored,
                        () -> walkback(
                                "restore",
                                "--database",
                                database(),
                                "--to",
                                restored.toString(),
                                "--no-start",
                                "--delta",
                                "--yes",
                                "--wait"))
                .withoutStored();
        cluster.program("pg_verifybackup", "-n", restored.toString());
        return sample;
    }

    /// The backup-worker, for whoever looks into it.
    long worker() {
        return worker;
    }

    Path home() {
        return home;
    }

    private String database() {
        return database + begun;
    }

    private Path data() {
        return home.resolve("data");
    }

    private void walkback(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--api-url", api));
        all.addAll(List.of(arguments));
        Processes.run(builder(all.toArray(String[]::new)));
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(options.root().resolve("walkback").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = Processes.builder(home, command);
        builder.environment().putAll(environment);
        return builder;
    }

    private static String find(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }

    @Override
    public void end() throws Exception {
        Processes.run(home, "rm", "-rf", home.resolve("restored").toString());
        restored = null;
    }

    @Override
    public void close() {
        Processes.stop(up);
    }
}
