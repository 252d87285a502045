package peers;

import java.nio.file.Path;

/// PostgreSQL's own program, with its output thrown away: the least that reading a cluster over the network costs.
final class RawBaseBackup implements Tool {
    private final Options options;
    private final Cluster cluster;
    private final Meter meter;

    RawBaseBackup(Options options, Cluster cluster) {
        this.options = options;
        this.cluster = cluster;
        this.meter = new Meter(cluster, Meter.Living.NONE);
    }

    @Override
    public String name() {
        return "pg_basebackup";
    }

    @Override
    public boolean can(Task task) {
        return task != Task.FIRST && !task.isRestore();
    }

    @Override
    public void begin() {}

    @Override
    public Sample measure(Task task) throws Exception {
        Path nowhere = options.work().resolve("nowhere");
        return meter.measure(
                nowhere,
                () -> Processes.run(
                        cluster.home(),
                        "sh",
                        "-c",
                        "exec \"$0\" -h 127.0.0.1 -p " + cluster.port()
                                + " -U postgres -D - -F t -X none -c fast > /dev/null",
                        options.postgres().resolve("pg_basebackup").toString()));
    }

    @Override
    public void end() {}

    @Override
    public void close() {}
}
