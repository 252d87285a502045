package peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Backup and restore of one generated cluster by several tools, in turns, whole processes.
///
/// Each round makes each tool do each task once, and the tool that begins changes from round to round. A run in
/// which others took more than a tenth of the processor time is thrown away: repeated at once, at most twice, where
/// that measures the same thing, and made up for by further rounds.
public final class Peers {
    private static final int REPEATS = 2;

    private final Options options;
    private final Cluster cluster;
    private final List<Tool> tools;
    private final Results results;
    private boolean warm;

    private Peers(Options options, Cluster cluster, List<Tool> tools, Results results) {
        this.options = options;
        this.cluster = cluster;
        this.tools = tools;
        this.results = results;
    }

    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        Runtime.getRuntime().addShutdownHook(new Thread(Processes::stopKept));
        if (!arguments.isEmpty() && arguments.getFirst().equals("heap")) {
            Heap.run(Options.parse(arguments.subList(1, arguments.size())));
            return;
        }
        if (!arguments.isEmpty() && arguments.getFirst().equals("wal")) {
            Wal.run(Options.parse(arguments.subList(1, arguments.size())));
            return;
        }
        Options options = Options.parse(arguments);
        Results results = Results.open(options);
        if (options.rounds() > 0) {
            try (Cluster cluster = Cluster.make(options)) {
                measure(options, cluster, results);
            }
        }
        Table.print(options, results);
    }

    private static void measure(Options options, Cluster cluster, Results results) throws Exception {
        System.err.println("the cluster has " + cluster.bytes() + " bytes");
        ObjectStore store = options.tools().stream().anyMatch(name -> name.endsWith("-s3"))
                ? ObjectStore.start(options, cluster)
                : null;
        List<Tool> tools = new ArrayList<>();
        try {
            for (String name : options.tools()) {
                tools.add(tool(name, options, cluster, name.endsWith("-s3") ? store : null));
            }
            new Peers(options, cluster, tools, results).run();
        } finally {
            for (Tool tool : tools) {
                tool.close();
            }
        }
    }

    private static Tool tool(String name, Options options, Cluster cluster, ObjectStore store)
            throws IOException, InterruptedException {
        return switch (name) {
            case "walkback", "walkback-s3" -> new Walkback(name, options, cluster, store);
            case "pgbackrest", "pgbackrest-plain", "pgbackrest-default", "pgbackrest-default-plain", "pgbackrest-s3" ->
                new PgBackRest(name, options, cluster, store);
            case "barman" -> new Barman(options, cluster);
            case "pg_basebackup" -> new RawBaseBackup(options, cluster);
            default -> throw new IllegalArgumentException("no tool '" + name + "'");
        };
    }

    private void run() throws Exception {
        long start = System.nanoTime();
        int most = 2 * options.rounds();
        int round = results.rounds();
        for (int i = 0; i < most && !enough() && minutesSince(start) < options.minutes(); i++) {
            round(round + i);
        }
    }

    private static long minutesSince(long start) {
        return TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - start);
    }

    /// Whether each tool has as many undisturbed runs of each task as were asked for.
    private boolean enough() {
        return options.tasks().stream().allMatch(task -> enough(task, task.once() ? 1 : options.rounds()));
    }

    private boolean enough(Task task, int runs) {
        // What comes along with another task, or not again before the next start.
        boolean beside =
                task == Task.FIRST || task == Task.CHAIN || (task == Task.LAST_OF_CHAIN && options.chain() < 2);
        return beside
                || tools.stream()
                        .filter(tool -> tool.can(task))
                        .allMatch(tool -> results.clean(task, tool.name()) >= runs);
    }

    private void round(int round) throws Exception {
        for (Tool tool : tools) {
            tool.release();
            tool.begin();
        }
        if (!warm) {
            inTurns(round, Task.FIRST);
            warm = true;
        }
        inTurns(round, Task.FULL);
        if (options.wants(Task.AGAIN)) {
            inTurns(round, Task.AGAIN);
        }
        boolean chain = options.wants(Task.LAST_OF_CHAIN) && !enough(Task.LAST_OF_CHAIN, 1);
        if (options.wants(Task.CHANGED) || chain) {
            cluster.changeOnePercent();
            inTurns(round, Task.CHANGED);
        }
        if (chain) {
            for (int more = 2; more < options.chain(); more++) {
                cluster.changeOnePercent();
                inTurns(round, Task.CHAIN);
            }
            cluster.changeOnePercent();
            inTurns(round, Task.LAST_OF_CHAIN);
        }
        for (Task task : List.of(Task.RESTORE, Task.DELTA, Task.DELTA_CHANGED)) {
            if (options.wants(task)) {
                inTurns(round, task);
            }
        }
        for (Tool tool : tools) {
            tool.release();
            tool.end();
        }
    }

    private void inTurns(int round, Task task) throws Exception {
        for (int i = 0; i < tools.size(); i++) {
            Tool tool = tools.get((i + round) % tools.size());
            if (!tool.can(task)) {
                // The other tools have no worker that could be new.
                if (task != Task.FIRST) {
                    results.cannot(round, task, tool.name());
                }
                continue;
            }
            Sample sample = measure(round, task, tool);
            for (int repeat = 0; sample.noisy() && task.repeatable() && repeat < REPEATS; repeat++) {
                if (task == Task.FULL) {
                    // It was the last to be measured, so nobody holds it.
                    tool.begin();
                }
                sample = measure(round, task, tool);
            }
        }
    }

    private Sample measure(int round, Task task, Tool tool) throws Exception {
        for (Tool other : tools) {
            if (other != tool) {
                other.hold();
            }
        }
        tool.release();
        Sample sample = tool.measure(task);
        System.err.println("round " + round + ": " + tool.name() + " " + task.option() + " " + sample
                + (sample.noisy() ? ", thrown away: others were busy" : ""));
        results.add(round, task, tool.name(), sample);
        return sample;
    }
}
