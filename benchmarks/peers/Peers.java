package peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Backup and restore of one generated cluster by several tools, in turns, whole processes.
///
/// Each round makes each tool do each task once, and the tool that begins changes from round to round. A run in
/// which others took more than a tenth of the processor time is repeated, at most three times.
public final class Peers {
    private static final int REPEATS = 3;

    private final Options options;
    private final Cluster cluster;
    private final List<Tool> tools;
    private final Map<Task, Map<String, List<Sample>>> samples = new TreeMap<>();

    private Peers(Options options, Cluster cluster, List<Tool> tools) {
        this.options = options;
        this.cluster = cluster;
        this.tools = tools;
    }

    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        Runtime.getRuntime().addShutdownHook(new Thread(Processes::stopKept));
        try (Cluster cluster = Cluster.make(options)) {
            List<Tool> tools = new ArrayList<>();
            try {
                for (String name : options.tools()) {
                    tools.add(tool(name, options, cluster));
                }
                new Peers(options, cluster, tools).run();
            } finally {
                for (Tool tool : tools) {
                    tool.close();
                }
            }
        }
    }

    private static Tool tool(String name, Options options, Cluster cluster) throws IOException, InterruptedException {
        return switch (name) {
            case "walkback" -> new Walkback(options, cluster);
            case "pgbackrest" -> new PgBackRest("pgbackrest", options, cluster, true);
            case "pgbackrest-plain" -> new PgBackRest("pgbackrest-plain", options, cluster, false);
            case "barman" -> new Barman(options, cluster);
            case "pg_basebackup" -> new RawBaseBackup(options, cluster);
            default -> throw new IllegalArgumentException("no tool '" + name + "'");
        };
    }

    private void run() throws Exception {
        for (int round = 0; round < options.rounds(); round++) {
            for (Tool tool : tools) {
                tool.begin(round);
            }
            inTurns(round, Task.FULL);
            inTurns(round, Task.AGAIN);
            cluster.changeOnePercent();
            inTurns(round, Task.CHANGED);
            if (round == 0) {
                for (int more = 3; more < options.chain(); more++) {
                    cluster.changeOnePercent();
                    inTurns(round, Task.CHAIN);
                }
                cluster.changeOnePercent();
                inTurns(round, Task.LAST_OF_CHAIN);
            }
            inTurns(round, Task.RESTORE);
            for (Tool tool : tools) {
                tool.end(round);
            }
        }
        Table.print(options, cluster, samples);
    }

    private void inTurns(int round, Task task) throws Exception {
        for (int i = 0; i < tools.size(); i++) {
            Tool tool = tools.get((i + round) % tools.size());
            if (!tool.can(task)) {
                continue;
            }
            Sample sample = tool.measure(task, round);
            for (int repeat = 0; sample.noisy() && task.repeatable() && repeat < REPEATS; repeat++) {
                System.err.println("again, others were busy: " + tool.name() + " " + task + " " + sample);
                sample = tool.measure(task, round);
            }
            System.err.println("round " + round + ": " + tool.name() + " " + task + " " + sample);
            samples.computeIfAbsent(task, _ -> new TreeMap<>())
                    .computeIfAbsent(tool.name(), _ -> new ArrayList<>())
                    .add(sample);
        }
    }
}
