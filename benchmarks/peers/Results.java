package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// All runs, in memory and, if a file is named, one line of it each, so that a later process can go on.
///
/// A line is `when,gigabytes,level,round,task,tool` and then the sample's values, or `cannot`.
final class Results {
    private static final String CANNOT = "cannot";

    private final Options options;
    private final Map<Task, Map<String, List<Sample>>> runs = new TreeMap<>();
    private int rounds;

    private Results(Options options) {
        this.options = options;
    }

    static Results open(Options options) throws IOException {
        Results results = new Results(options);
        if (options.results() != null && Files.exists(options.results())) {
            for (String line : Files.readAllLines(options.results())) {
                results.read(line);
            }
        }
        return results;
    }

    private void read(String line) throws IOException {
        String[] fields = line.split(",", 7);
        if (Double.parseDouble(fields[1]) != options.size() || Integer.parseInt(fields[2]) != options.level()) {
            throw new IOException(options.results() + " has results of " + fields[1] + " GB at level " + fields[2]
                    + ", which tell nothing about " + options.size() + " GB at level " + options.level());
        }
        rounds = Math.max(rounds, Integer.parseInt(fields[3]) + 1);
        List<Sample> samples = samples(Task.valueOf(fields[4]), fields[5]);
        if (!fields[6].equals(CANNOT)) {
            samples.add(Sample.parse(fields[6]));
        }
    }

    void add(int round, Task task, String tool, Sample sample) throws IOException {
        rounds = Math.max(rounds, round + 1);
        samples(task, tool).add(sample);
        write(round, task, tool, sample.line());
    }

    /// Notes that a tool cannot do it, which is said in the table.
    void cannot(int round, Task task, String tool) throws IOException {
        if (!runs.getOrDefault(task, Map.of()).containsKey(tool)) {
            samples(task, tool);
            write(round, task, tool, CANNOT);
        }
    }

    private void write(int round, Task task, String tool, String values) throws IOException {
        Path file = options.results();
        if (file != null) {
            String line = String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%d,%s,%s,%s%n",
                    // When it was on the wall: nothing is computed from it.
                    Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    options.size(),
                    options.level(),
                    round,
                    task,
                    tool,
                    values);
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private List<Sample> samples(Task task, String tool) {
        return runs.computeIfAbsent(task, _ -> new TreeMap<>()).computeIfAbsent(tool, _ -> new ArrayList<>());
    }

    /// Rounds that were begun.
    int rounds() {
        return rounds;
    }

    /// How many runs nobody disturbed.
    long clean(Task task, String tool) {
        return runs.getOrDefault(task, Map.of()).getOrDefault(tool, List.of()).stream()
                .filter(sample -> !sample.noisy())
                .count();
    }

    /// By task and tool; an empty list for what a tool cannot do.
    Map<Task, Map<String, List<Sample>>> runs() {
        return runs;
    }
}
