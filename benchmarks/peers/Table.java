package peers;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Prints medians as a table in Markdown, and what Walkback is of each other tool. Standard output is the result
/// of a program that somebody runs by hand; what happens meanwhile goes to standard error.
final class Table {
    private Table() {}

    static void print(Options options, Cluster cluster, Map<Task, Map<String, List<Sample>>> samples)
            throws IOException {
        System.out.printf(
                Locale.ROOT,
                "cluster %.2f GB, %d rounds, zstd level %d%n%n",
                cluster.bytes() / 1e9,
                options.rounds(),
                options.level());
        System.out.println(
                "| task | tool | runs | wall s | CPU s | server CPU s | peak MiB | stored MB | foreign CPU s |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        samples.forEach((task, tools) -> tools.forEach((tool, runs) -> System.out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %.2f | %.2f | %.2f | %.0f | %.2f | %.2f |%n",
                task.title(),
                tool,
                runs.size(),
                median(runs, Sample::seconds),
                median(runs, Sample::cpu),
                median(runs, Sample::serverCpu),
                median(runs, sample -> (double) sample.peakMiB()),
                median(runs, sample -> sample.stored() / 1e6),
                median(runs, Sample::foreign))));
        System.out.println();
        samples.forEach((task, tools) -> tools.keySet().forEach(tool -> ratio(task, tool, tools)));
    }

    private static void ratio(Task task, String tool, Map<String, List<Sample>> tools) {
        List<Sample> ours = tools.get("walkback");
        if (ours == null || tool.equals("walkback")) {
            return;
        }
        List<Sample> theirs = tools.get(tool);
        double stored = median(theirs, sample -> sample.stored() / 1e6);
        System.out.printf(
                Locale.ROOT,
                "%s: walkback is %.2f of %s in wall, %.2f in CPU with the server's%s%n",
                task.title(),
                median(ours, Sample::seconds) / median(theirs, Sample::seconds),
                tool,
                median(ours, Sample::allCpu) / median(theirs, Sample::allCpu),
                stored > 0
                        ? String.format(Locale.ROOT, ", %.3f in bytes", median(ours, s -> s.stored() / 1e6) / stored)
                        : "");
    }

    private static double median(List<Sample> runs, ToDoubleFunction<Sample> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
