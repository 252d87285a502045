package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Barman by the replication protocol, as its manual has it for a machine without access by ssh: full backups only,
/// and in this version neither compressed nor encrypted.
final class Barman implements Tool {
    private final Cluster cluster;
    private final Meter meter;
    private final Path home;
    private final Path config;

    Barman(Options options, Cluster cluster) throws IOException, InterruptedException {
        this.cluster = cluster;
        this.meter = new Meter(cluster, Meter.Living.NONE);
        this.home = options.work().resolve("barman");
        this.config = home.resolve("barman.conf");
        Processes.run(cluster.home(), "mkdir", "-p", home.resolve("locks").toString());
        System.err.println("barman: "
                + Processes.run(home, "barman", "--version").lines().findFirst().orElse(""));
        String connection = "host=127.0.0.1 port=" + cluster.port() + " user=postgres dbname=postgres";
        Files.writeString(
                config,
                "[barman]\nbarman_user=postgres\nbarman_home=" + home.resolve("repository")
                        + "\nbarman_lock_directory=" + home.resolve("locks") + "\nlog_file="
                        + home.resolve("barman.log")
                        + "\n[peers]\ndescription=peers\nconninfo=" + connection + "\nstreaming_conninfo=" + connection
                        + "\nbackup_method=postgres\nimmediate_checkpoint=true\narchiver=on\npath_prefix="
                        + options.postgres() + "\n");
    }

    @Override
    public String name() {
        return "barman";
    }

    @Override
    public boolean can(Task task) {
        return task == Task.FULL || task == Task.AGAIN || task == Task.RESTORE;
    }

    @Override
    public void begin() throws Exception {
        Processes.run(home, "rm", "-rf", home.resolve("repository").toString());
        Path incoming = home.resolve("repository/peers/incoming");
        Processes.run(home, "mkdir", "-p", incoming.toString());
        cluster.archiveWith("cp %p " + incoming + "/%f");
        cluster.sql("SELECT pg_switch_wal()");
        try {
            Processes.run(home, "barman", "-c", config.toString(), "cron");
        } finally {
            cluster.archiveWith("true");
        }
    }

    @Override
    public Sample measure(Task task) throws Exception {
        if (task == Task.RESTORE) {
            Path target = Processes.fresh(home, cluster);
            return meter.measure(target, () -> {
                        Processes.run(
                                home,
                                "barman",
                                "-c",
                                config.toString(),
                                "recover",
                                "peers",
                                "latest",
                                target.toString());
                        // The others leave nothing in memory alone; it does.
                        Processes.run(home, "sync", "-f", target.toString());
                    })
                    .withoutStored();
        }
        cluster.archiveWith("cp %p " + home.resolve("repository/peers/incoming") + "/%f");
        try {
            return meter.measure(
                    home.resolve("repository/peers/base"),
                    () -> Processes.run(home, "barman", "-c", config.toString(), "backup", "--wait", "peers"));
        } finally {
            cluster.archiveWith("true");
        }
    }

    @Override
    public void end() throws Exception {
        Processes.run(
                home,
                "rm",
                "-rf",
                home.resolve("restored").toString(),
                home.resolve("repository").toString());
    }

    @Override
    public void close() {}
}
