package peers;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Changes a restored directory as a server that went on would: the same pages for every tool.
final class Damage {
    private static final int PAGE = 8192;
    private static final int SEED = 7;

    private Damage() {}

    /// Writes into as many random pages of the relations as are one percent of them. Lengths and names stay.
    static void onePercent(Path directory) throws IOException {
        Random random = new Random(SEED);
        List<Path> relations;
        try (Stream<Path> all = Files.walk(directory.resolve("base"))) {
            relations = all.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("[0-9]+(\\.[0-9]+)?"))
                    .sorted(Comparator.comparing(
                            file -> directory.relativize(file).toString()))
                    .toList();
        }
        for (Path relation : relations) {
            try (RandomAccessFile file = new RandomAccessFile(relation.toFile(), "rw")) {
                long pages = file.length() / PAGE;
                // Of a small relation one page in a hundred times.
                long changes = pages / 100 + (random.nextInt(100) < pages % 100 ? 1 : 0);
                for (long i = 0; i < changes; i++) {
                    file.seek(random.nextLong(pages) * PAGE + random.nextInt(PAGE - Long.BYTES));
                    file.writeLong(random.nextLong());
                }
            }
        }
    }
}
