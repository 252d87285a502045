package peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Walkback's platform on embedded parts: a backup is a request to the running services, waited for by the command
/// line, whose start is part of the time; a restore is the command line alone, reading the repository.
///
/// Each round registers the cluster under a new name, so that its first backup finds nothing to build on.
final class Walkback implements Tool {
    private static final Pattern WORKER = Pattern.compile("\"backup-worker\":(\\d+)");
    private static final Pattern API = Pattern.compile("\"apiUrl\":\"([^\"]+)\"");

    private final Options options;
    private final Cluster cluster;
    private final Meter meter;
    private final Path home;
    private final Process up;
    private final String api;
    private final long worker;

    Walkback(Options options, Cluster cluster) throws IOException, InterruptedException {
        this.options = options;
        this.cluster = cluster;
        this.meter = new Meter(cluster);
        this.home = options.work().resolve("walkback");
        Processes.run(cluster.home(), "rm", "-rf", home.toString());
        Processes.run(cluster.home(), "mkdir", "-m", "700", home.toString());
        this.up = Processes.keep(
                Processes.builder(home, command("--output", "json", "up", "--data", data(), "--api-port", "0"))
                        .redirectError(options.work().resolve("walkback-up.log").toFile())
                        .start());
        cluster.ignore(up.pid());
        BufferedReader lines = up.inputReader(StandardCharsets.UTF_8);
        String ready = lines.readLine();
        if (ready == null) {
            throw new IOException("walkback up ended: see " + options.work().resolve("walkback-up.log"));
        }
        api = find(API, ready);
        worker = Long.parseLong(find(WORKER, ready));
    }

    @Override
    public String name() {
        return "walkback";
    }

    @Override
    public boolean can(Task task) {
        return true;
    }

    @Override
    public void begin(int round) throws Exception {
        walkback(
                "databases",
                "add",
                database(round),
                "--url",
                "postgresql://postgres@127.0.0.1:" + cluster.port() + "/postgres");
    }

    @Override
    public Sample measure(Task task, int round) throws Exception {
        Path repository = home.resolve("data/repository");
        if (task == Task.RESTORE) {
            Path target = Processes.fresh(home);
            Sample sample = meter.measure(
                            0,
                            target,
                            () -> walkback(
                                    "restore",
                                    "--from-repository",
                                    repository.toString(),
                                    "--database",
                                    database(round),
                                    "--to",
                                    target.toString(),
                                    "--no-start",
                                    "--key-file",
                                    home.resolve("data/keys/repository.key").toString()))
                    .withoutStored();
            cluster.program("pg_verifybackup", "-n", target.toString());
            return sample;
        }
        return meter.measure(
                worker, repository, () -> walkback("backup", "create", "--database", database(round), "--wait"));
    }

    private String database(int round) {
        return "peers" + round;
    }

    private String data() {
        return home.resolve("data").toString();
    }

    private void walkback(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command("--api-url", api));
        all.addAll(List.of(arguments));
        Processes.run(home, all.toArray(String[]::new));
    }

    private List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(options.root().resolve("walkback").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String find(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }

    @Override
    public void end(int round) throws Exception {
        Processes.run(home, "rm", "-rf", home.resolve("restored").toString());
        cluster.sql("SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots WHERE active");
    }

    @Override
    public void close() {
        Processes.stop(up);
    }
}
