package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// pgBackRest with two processes: bundling, block incremental where it knows it and zstd at Walkback's level, or
/// all of that as it is by default; with or without a cipher; in a folder or an object store.
final class PgBackRest implements Tool {
    private static final int BLOCKS_SINCE = 246;
    /// Before, an object store was asked by TLS only.
    private static final int PLAIN_HTTP_SINCE = 258;

    private final String name;
    private final Cluster cluster;
    private final ObjectStore store;
    private final Meter meter;
    private final Path program;
    private final Path home;
    private final Path config;
    private final Path repository;
    private Path restored;

    /// @param store where the repository is, or null: in a folder
    PgBackRest(String name, Options options, Cluster cluster, ObjectStore store)
            throws IOException, InterruptedException {
        this.name = name;
        this.cluster = cluster;
        this.store = store;
        this.meter = new Meter(cluster, store == null ? Meter.Living.NONE : new Meter.Living(0, 0, store.pid()));
        this.program = Path.of(System.getenv().getOrDefault("PGBACKREST", "/usr/bin/pgbackrest"));
        this.home = options.work().resolve(name);
        this.config = home.resolve("pgbackrest.conf");
        Processes.run(cluster.home(), "mkdir", "-p", home.resolve("log").toString());
        this.repository = store == null ? home.resolve("repository") : store.bucket(name);
        String text = Processes.run(home, program.toString(), "version").strip();
        System.err.println(name + ": " + text);
        int version = Integer.parseInt(text.replaceAll("[^0-9]*([0-9]+)[.]([0-9]+).*", "$1$2"));
        if (store != null && version < PLAIN_HTTP_SINCE) {
            throw new IOException(
                    text + " cannot reach an object store over plain HTTP: name a newer one by PGBACKREST");
        }
        List<String> lines = new ArrayList<>(List.of(
                "[global]",
                "log-path=" + home.resolve("log"),
                "lock-path=" + home.resolve("lock"),
                "spool-path=" + home.resolve("spool"),
                "process-max=2",
                "start-fast=y",
                "log-level-console=off",
                "log-level-file=off"));
        if (!name.contains("default")) {
            lines.addAll(List.of("compress-type=zst", "compress-level=" + options.level(), "repo1-bundle=y"));
            if (version >= BLOCKS_SINCE) {
                lines.add("repo1-block=y");
            }
        }
        if (!name.endsWith("plain")) {
            lines.addAll(List.of("repo1-cipher-type=aes-256-cbc", "repo1-cipher-pass=only-for-this-benchmark"));
        }
        lines.addAll(
                store == null
                        ? List.of("repo1-path=" + repository)
                        : List.of(
                                "repo1-path=/",
                                "repo1-type=s3",
                                "repo1-s3-bucket=" + name,
                                "repo1-s3-endpoint=" + store.endpoint(),
                                "repo1-s3-region=" + ObjectStore.REGION,
                                "repo1-s3-uri-style=path",
                                "repo1-s3-key=" + ObjectStore.ACCESS_KEY,
                                "repo1-s3-key-secret=" + ObjectStore.SECRET_KEY));
        lines.addAll(List.of(
                "[peers]",
                "pg1-path=" + cluster.data(),
                "pg1-port=" + cluster.port(),
                "pg1-socket-path=" + cluster.home(),
                "pg1-user=postgres"));
        Files.write(config, lines);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean can(Task task) {
        return task != Task.FIRST;
    }

    @Override
    public void begin() throws Exception {
        empty();
        pgbackrest("stanza-create");
    }

    private void empty() throws IOException, InterruptedException {
        if (store == null) {
            Processes.run(home, "rm", "-rf", repository.toString());
        } else {
            store.bucket(name);
        }
    }

    @Override
    public Sample measure(Task task) throws Exception {
        if (task.isRestore()) {
            return restore(task);
        }
        cluster.archiveWith(program + " --config=" + config + " --stanza=peers archive-push %p");
        try {
            return meter.measure(
                    repository.resolve("backup"),
                    () -> pgbackrest("backup", task == Task.FULL ? "--type=full" : "--type=incr", "--delta"));
        } finally {
            cluster.archiveWith("true");
        }
    }

    /// Into an empty directory, or over the one that was restored before; that one is always whole when the time
    /// begins.
    private Sample restore(Task task) throws Exception {
        if (task == Task.RESTORE || restored == null) {
            restored = Processes.fresh(home, cluster);
            Processes.run(home, "mkdir", "-m", "700", restored.toString());
            if (task != Task.RESTORE) {
                pgbackrest("restore", "--pg1-path=" + restored, "--type=none");
            }
        }
        if (task == Task.DELTA_CHANGED) {
            Damage.onePercent(restored);
        }
        String path = "--pg1-path=" + restored;
        return (task == Task.RESTORE
                        ? meter.measure(restored, () -> pgbackrest("restore", path, "--type=none"))
                        : meter.measure(restored, () -> pgbackrest("restore", path, "--type=none", "--delta")))
                .withoutStored();
    }

    private void pgbackrest(String command, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(program.toString(), "--config=" + config, "--stanza=peers"));
        all.addAll(List.of(arguments));
        all.add(command);
        Processes.run(home, all.toArray(String[]::new));
    }

    @Override
    public void end() throws Exception {
        Processes.run(home, "rm", "-rf", home.resolve("restored").toString());
        restored = null;
        empty();
    }

    @Override
    public void close() {}
}
