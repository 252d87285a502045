package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory the backup-worker needs for clusters of several sizes: the same, if it is bounded.
///
/// The worker is the one that `walkback up` starts, with the heap that it gives it. Its collections are logged
/// from the first backup on; the kernel keeps the highest resident memory.
final class Heap {
    private static final List<Task> TASKS = List.of(Task.FIRST, Task.FULL, Task.AGAIN, Task.CHANGED);
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\((\\d+)M\\)");
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");
    private static final Pattern LIMIT = Pattern.compile("-XX:MaxHeapSize=(\\d+)");
    private static final Pattern HIGHEST = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final int KIB_PER_MIB = 1024;

    private final Walkback walkback;
    private final Path log;

    private Heap(Walkback walkback) {
        this.walkback = walkback;
        this.log = walkback.home().resolve("gc.log");
    }

    /// Makes a cluster of each size, backs it up, and takes all of it away again.
    static void run(Options options) throws Exception {
        List<String> rows = new ArrayList<>();
        for (double size : options.gigabytes()) {
            Options one = options.of(size);
            Files.createDirectories(one.work());
            // The cluster, its WAL, and a repository that is no larger.
            if (Files.getFileStore(one.work()).getUsableSpace() < 2.5e9 * size) {
                throw new IOException("a cluster of " + size + " GB needs " + 2.5 * size + " GB below " + one.work());
            }
            try {
                try (Cluster cluster = Cluster.make(one);
                        Walkback walkback = new Walkback("walkback", one, cluster, null)) {
                    rows.addAll(new Heap(walkback).backups(cluster));
                }
            } finally {
                Processes.stopKept();
                // All that is in it belongs to the account; the folder itself lies where that may not write.
                Processes.run(one.work(), "find", one.work().toString(), "-mindepth", "1", "-delete");
                Files.delete(one.work());
            }
        }
        // The result of a command line, for whoever asked.
        System.out.println("| cluster GB | backup | heap limit MiB | peak heap MiB | alive afterwards MiB | collections"
                + " | peak resident MiB | wall s |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        rows.forEach(System.out::println);
    }

    private List<String> backups(Cluster cluster) throws Exception {
        jcmd("VM.log", "output=" + log, "what=gc");
        long limit = Long.parseLong(first(LIMIT, jcmd("VM.flags"))) >> 20;
        List<String> rows = new ArrayList<>();
        walkback.begin();
        for (Task task : TASKS) {
            if (task == Task.CHANGED) {
                cluster.changeOnePercent();
            }
            Files.write(log, new byte[0]);
            Files.writeString(process("clear_refs"), "5");
            Sample sample = walkback.measure(task);
            System.err.println(task.option() + " " + sample);
            rows.add(row(cluster, task, limit, sample));
        }
        return rows;
    }

    private String row(Cluster cluster, Task task, long limit, Sample sample) throws IOException, InterruptedException {
        List<MatchResult> collections =
                COLLECTION.matcher(Files.readString(log)).results().toList();
        long used = used();
        long resident = Long.parseLong(first(HIGHEST, Files.readString(process("status")))) / KIB_PER_MIB;
        // Else the next backup's peak would have this one's garbage in it.
        jcmd("GC.run");
        return String.format(
                Locale.ROOT,
                "| %.2f | %s | %d | %d | %d | %d | %d | %.1f |",
                cluster.bytes() / 1e9,
                task.title(),
                limit,
                Math.max(used, highest(collections)),
                used(),
                collections.size(),
                resident,
                sample.seconds());
    }

    /// In use now, in MiB.
    private long used() throws IOException, InterruptedException {
        String heap = jcmd("GC.heap_info");
        List<MatchResult> generations = USED.matcher(heap).results().toList();
        if (generations.size() != 2) {
            throw new IOException("no two generations, as the serial collector has them, in " + heap);
        }
        return generations.stream()
                        .mapToLong(generation -> Long.parseLong(generation.group(1)))
                        .sum()
                / KIB_PER_MIB;
    }

    /// In use before a collection, at most.
    private static long highest(List<MatchResult> collections) {
        return collections.stream()
                .mapToLong(collection -> Long.parseLong(collection.group(1)))
                .max()
                .orElse(0);
    }

    private Path process(String file) {
        return Path.of("/proc", Long.toString(walkback.worker()), file);
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(walkback.worker())));
        all.addAll(List.of(command));
        return Processes.run(walkback.home(), all.toArray(String[]::new));
    }

    private static String first(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }
}
