package peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What the command line says.
///
/// @param gigabytes size of the cluster; several sizes only for `heap`, which makes one cluster after the other
/// @param rounds    runs wanted of each task of each tool that nobody disturbed, those of `results` included
/// @param minutes   no round begins later than this after the start
/// @param chain     backups in a row, each after a change of one percent; the first of them is `changed`
/// @param results   keeps every run, one a line, and makes later runs go on where this one ended; may be null
record Options(
        Path work,
        List<Double> gigabytes,
        int rounds,
        long minutes,
        int chain,
        int level,
        List<String> tools,
        Set<Task> tasks,
        Path results,
        Path postgres,
        Path root) {
    private static final String USAGE = """
        benchmarks/peers/run [heap | wal] [--work DIR] [--gigabytes 4] [--rounds 5] [--minutes 600] [--chain 10] [--level 3]
            [--tools %s,...] [--tasks %s,...]
            [--variants | --repository s3] [--results FILE] [--postgres BIN]\
        """;
    private static final List<String> TOOLS =
            List.of("walkback", "pgbackrest", "pgbackrest-plain", "barman", "pg_basebackup");
    private static final List<String> VARIANTS =
            List.of("walkback", "pgbackrest", "pgbackrest-plain", "pgbackrest-default", "pgbackrest-default-plain");
    private static final List<String> ON_S3 = List.of("walkback", "walkback-s3", "pgbackrest-s3");

    static Options parse(List<String> args) {
        Path work = Path.of(System.getProperty("java.io.tmpdir"), "walkback-peers");
        List<Double> gigabytes = List.of(4.0);
        int rounds = 5;
        long minutes = 600;
        int chain = 10;
        int level = 3;
        List<String> tools = TOOLS;
        Set<Task> tasks = EnumSet.allOf(Task.class);
        Path results = null;
        Path postgres = Path.of("/usr/lib/postgresql/15/bin");
        List<String> left = new ArrayList<>(args);
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.equals("--variants")) {
                tools = VARIANTS;
                tasks = EnumSet.of(Task.FIRST, Task.FULL);
                continue;
            }
            if (left.isEmpty()) {
                throw usage(name);
            }
            String value = left.removeFirst();
            switch (name) {
                case "--work" -> work = Path.of(value);
                case "--gigabytes" ->
                    gigabytes =
                            Arrays.stream(value.split(",")).map(Double::valueOf).toList();
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--minutes" -> minutes = Long.parseLong(value);
                case "--chain" -> chain = Integer.parseInt(value);
                case "--level" -> level = Integer.parseInt(value);
                case "--tools" -> tools = List.of(value.split(","));
                case "--tasks" -> {
                    tasks = EnumSet.noneOf(Task.class);
                    for (String task : value.split(",")) {
                        tasks.add(task(task));
                    }
                }
                case "--repository" -> {
                    if (!value.equals("s3")) {
                        throw usage(value);
                    }
                    tools = ON_S3;
                    tasks = EnumSet.of(Task.FIRST, Task.FULL, Task.AGAIN);
                }
                case "--results" -> results = Path.of(value).toAbsolutePath();
                case "--postgres" -> postgres = Path.of(value);
                default -> throw usage(name);
            }
        }
        return new Options(
                work.toAbsolutePath(),
                gigabytes,
                rounds,
                minutes,
                chain,
                level,
                tools,
                tasks,
                results,
                postgres,
                sourceTree());
    }

    private static Task task(String option) {
        return Arrays.stream(Task.values())
                .filter(task -> task.option().equals(option))
                .findFirst()
                .orElseThrow(() -> usage(option));
    }

    private static IllegalArgumentException usage(String wrong) {
        return new IllegalArgumentException("cannot use '" + wrong + "'\n"
                + USAGE.formatted(
                        String.join(",", TOOLS),
                        String.join(
                                ",",
                                Arrays.stream(Task.values()).map(Task::option).toList())));
    }

    private static Path sourceTree() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("walkback"))) {
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("run this from inside the source tree");
            }
        }
        return root;
    }

    /// The same with one size of cluster, in a folder of its own.
    Options of(double size) {
        return new Options(
                work.resolve("of-" + size),
                List.of(size),
                rounds,
                minutes,
                chain,
                level,
                tools,
                tasks,
                results,
                postgres,
                root);
    }

    double size() {
        if (gigabytes.size() != 1) {
            throw new IllegalArgumentException("one --gigabytes, not " + gigabytes);
        }
        return gigabytes.getFirst();
    }

    boolean wants(Task task) {
        return tasks.contains(task);
    }
}
