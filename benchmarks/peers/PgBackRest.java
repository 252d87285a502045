package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// pgBackRest with bundling, block incremental where it knows it, two processes, zstd, with or without a cipher.
final class PgBackRest implements Tool {
    private static final int BLOCKS_SINCE = 246;

    private final String name;
    private final Options options;
    private final Cluster cluster;
    private final Meter meter;
    private final Path program;
    private final Path home;
    private final Path config;
    private final Path repository;

    PgBackRest(String name, Options options, Cluster cluster, boolean cipher) throws IOException, InterruptedException {
        this.name = name;
        this.options = options;
        this.cluster = cluster;
        this.meter = new Meter(cluster);
        this.program = Path.of(System.getenv().getOrDefault("PGBACKREST", "/usr/bin/pgbackrest"));
        this.home = options.work().resolve(name);
        this.config = home.resolve("pgbackrest.conf");
        this.repository = home.resolve("repository");
        Processes.run(
                cluster.home(),
                "mkdir",
                "-p",
                home.toString(),
                home.resolve("log").toString());
        String version = Processes.run(home, program.toString(), "version").strip();
        System.err.println(name + ": " + version);
        boolean blocks = Integer.parseInt(version.replaceAll("[^0-9]*([0-9]+)[.]([0-9]+).*", "$1$2")) >= BLOCKS_SINCE;
        String text = "[global]\nrepo1-path=" + repository + "\nlog-path=" + home.resolve("log")
                + "\nlock-path=" + home.resolve("lock") + "\nspool-path=" + home.resolve("spool")
                + "\ncompress-type=zst\ncompress-level=" + options.level()
                + "\nprocess-max=2\nrepo1-bundle=y\nstart-fast=y\nlog-level-console=off\nlog-level-file=off\n"
                + (blocks ? "repo1-block=y\n" : "")
                + (cipher ? "repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=only-for-this-benchmark\n" : "")
                + "[peers]\npg1-path=" + cluster.data() + "\npg1-port=" + cluster.port() + "\npg1-socket-path="
                + cluster.home() + "\npg1-user=postgres\n";
        Files.writeString(config, text);
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
    public void begin(int round) throws Exception {
        Processes.run(home, "rm", "-rf", repository.toString());
        pgbackrest("stanza-create");
    }

    @Override
    public Sample measure(Task task, int round) throws Exception {
        if (task == Task.RESTORE) {
            Path target = Processes.fresh(home);
            Processes.run(home, "mkdir", "-m", "700", target.toString());
            return meter.measure(0, target, () -> pgbackrest("restore", "--pg1-path=" + target, "--type=none"))
                    .withoutStored();
        }
        cluster.archiveWith(program + " --config=" + config + " --stanza=peers archive-push %p");
        try {
            return meter.measure(
                    0,
                    repository.resolve("backup"),
                    () -> pgbackrest("backup", task == Task.FULL ? "--type=full" : "--type=incr", "--delta"));
        } finally {
            cluster.archiveWith("true");
        }
    }

    private void pgbackrest(String command, String... arguments) throws IOException, InterruptedException {
        List<String> all =
                new java.util.ArrayList<>(List.of(program.toString(), "--config=" + config, "--stanza=peers"));
        all.addAll(List.of(arguments));
        all.add(command);
        Processes.run(home, all.toArray(String[]::new));
    }

    @Override
    public void end(int round) throws Exception {
        Processes.run(home, "rm", "-rf", home.resolve("restored").toString(), repository.toString());
    }

    @Override
    public void close() {}
}
