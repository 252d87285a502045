package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Whether the filesystems of a restore have room for it.
final class Space {
    private Space() {}

    /// Refuses what does not fit: `TARGET_SPACE`, with the bytes that it needs.
    ///
    /// @param needed bytes by directory
    /// @param reusable whose files go, or are written over, before new ones are written
    static void check(Map<Path, Long> needed, Predicate<Path> reusable) {
        Map<FileStore, Long> byStore = new HashMap<>();
        Map<FileStore, Long> reclaimed = new HashMap<>();
        Path asked = Path.of("/");
        try {
            for (Map.Entry<Path, Long> each : needed.entrySet()) {
                asked = each.getKey();
                FileStore store = Files.getFileStore(Files.exists(asked) ? asked : asked.resolveSibling("."));
                byStore.merge(store, each.getValue(), Long::sum);
                reclaimed.merge(store, reusable.test(asked) ? size(asked) : 0, Long::sum);
            }
            for (Map.Entry<FileStore, Long> each : byStore.entrySet()) {
                long free = each.getKey().getUsableSpace() + reclaimed.getOrDefault(each.getKey(), 0L);
                if (free < each.getValue()) {
                    throw new OperatorActionException(
                            FailureCode.TARGET_SPACE,
                            "filesystem '" + each.getKey().name() + "' has " + free + " bytes free, the restore needs "
                                    + each.getValue(),
                            "Nothing was copied. Make space, or choose another filesystem.");
                }
            }
        } catch (IOException failure) {
            throw FileFailures.of("ask the free space of", asked, failure);
        }
    }

    private static long size(Path directory) throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                return visited.equals(directory.resolve(TargetDirectories.LOST_AND_FOUND))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }
}
