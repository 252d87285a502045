package peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the command line says.
///
/// @param chain backups in the chain of changes, the full one and the unchanged one included
record Options(
        Path work, int gigabytes, int rounds, int chain, int level, List<String> tools, Path postgres, Path root) {
    private static final String USAGE = "benchmarks/peers/run [--work DIR] [--gigabytes 4] [--rounds 5] [--chain 11]"
            + " [--level 3] [--tools walkback,pgbackrest,pgbackrest-plain,barman,pg_basebackup] [--postgres BIN]";

    static Options parse(String[] args) {
        Path work = Path.of(System.getProperty("java.io.tmpdir"), "walkback-peers");
        int gigabytes = 4;
        int rounds = 5;
        int chain = 11;
        int level = 3;
        List<String> tools = List.of("walkback", "pgbackrest", "pgbackrest-plain", "barman", "pg_basebackup");
        Path postgres = Path.of("/usr/lib/postgresql/15/bin");
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(USAGE);
            }
            String value = args[i + 1];
            switch (args[i]) {
                case "--work" -> work = Path.of(value);
                case "--gigabytes" -> gigabytes = Integer.parseInt(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--chain" -> chain = Integer.parseInt(value);
                case "--level" -> level = Integer.parseInt(value);
                case "--tools" -> tools = List.of(value.split(","));
                case "--postgres" -> postgres = Path.of(value);
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("walkback"))) {
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("run this from inside the source tree");
            }
        }
        return new Options(work.toAbsolutePath(), gigabytes, rounds, chain, level, tools, postgres, root);
    }
}
