package peers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Prints medians as a table in Markdown, and what Walkback is of each other tool. Standard output is the result
/// of a program that somebody runs by hand; what happens meanwhile goes to standard error.
final class Table {
    private static final String OURS = "walkback";
    private static final String ON_S3 = "-s3";

    private Table() {}

    /// On standard output: the result of a command line, for whoever asked.
    static void print(Options options, Results results) {
        System.out.printf(
                Locale.ROOT,
                "cluster of about %s GB, %d rounds, zstd level %d; runs that others disturbed are thrown away%n%n",
                options.size(),
                results.rounds(),
                options.level());
        System.out.println("| task | tool | runs | thrown away | wall s | CPU s | server CPU s | platform CPU s"
                + " | store CPU s | foreign CPU s | peak MiB | stored MB |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        results.runs().forEach((task, tools) -> tools.forEach((tool, runs) -> row(task, tool, runs)));
        System.out.println();
        results.runs().forEach((task, tools) -> tools.keySet().forEach(ours -> {
            if (ours.equals(OURS) || ours.equals(OURS + ON_S3)) {
                tools.keySet().forEach(theirs -> ratio(task, ours, theirs, tools));
            }
        }));
    }

    private static void row(Task task, String tool, List<Sample> all) {
        List<Sample> runs = clean(all);
        if (runs.isEmpty()) {
            System.out.printf(
                    "| %s | %s | %s | %d | | | | | | | | |%n",
                    task.title(), tool, all.isEmpty() ? "cannot" : "0", all.size());
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.0f | %.2f |%n",
                task.title(),
                tool,
                runs.size(),
                all.size() - runs.size(),
                median(runs, Sample::seconds),
                median(runs, Sample::cpu),
                median(runs, Sample::serverCpu),
                median(runs, Sample::platformCpu),
                median(runs, Sample::storeCpu),
                median(runs, Sample::foreign),
                median(runs, sample -> (double) sample.peakMiB()),
                median(runs, sample -> sample.stored() / 1e6));
    }

    /// Tools are compared on one kind of repository, Walkback itself on both.
    private static void ratio(Task task, String ours, String theirs, Map<String, List<Sample>> tools) {
        List<Sample> our = clean(tools.get(ours));
        List<Sample> their = clean(tools.get(theirs));
        boolean comparable = theirs.endsWith(ON_S3) == ours.endsWith(ON_S3) || theirs.equals(OURS);
        if (ours.equals(theirs) || !comparable || our.isEmpty() || their.isEmpty()) {
            return;
        }
        double stored = median(their, sample -> sample.stored() / 1e6);
        System.out.printf(
                Locale.ROOT,
                "%s: %s is %.2f of %s in wall, %.2f in its own CPU, %.2f in CPU with the server's%s%n",
                task.title(),
                ours,
                median(our, Sample::seconds) / median(their, Sample::seconds),
                theirs,
                median(our, Sample::cpu) / median(their, Sample::cpu),
                median(our, Sample::allCpu) / median(their, Sample::allCpu),
                stored > 0
                        ? String.format(Locale.ROOT, ", %.3f in bytes", median(our, s -> s.stored() / 1e6) / stored)
                        : "");
    }

    private static List<Sample> clean(List<Sample> runs) {
        return runs.stream().filter(sample -> !sample.noisy()).toList();
    }

    private static double median(List<Sample> runs, ToDoubleFunction<Sample> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
