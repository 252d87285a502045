package io.walkback.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folders of parts that several test classes share. When the JVM ends each part is closed and its folder removed.
final class TemporaryFolders {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolders.class);
    private static final Map<Path, AutoCloseable> USERS = new LinkedHashMap<>();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("testkit-folders").unstarted(TemporaryFolders::removeAll));
    }

    private TemporaryFolders() {}

    static Path create(String purpose) {
        try {
            return Files.createTempDirectory("walkback-" + purpose + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a folder for " + purpose, e);
        }
    }

    /// Remembers who works in `folder`, before it starts to.
    static void lend(Path folder, AutoCloseable user) {
        synchronized (USERS) {
            USERS.put(folder, user);
        }
    }

    /// Removes a folder that nobody works in any more.
    static void remove(Path folder) {
        synchronized (USERS) {
            USERS.remove(folder);
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    private static void removeAll() {
        Map<Path, AutoCloseable> left;
        synchronized (USERS) {
            left = Map.copyOf(USERS);
        }
        left.forEach((folder, user) -> {
            try {
                user.close();
                remove(folder);
            } catch (Exception e) {
                // One part that does not end must not keep the others.
                LOG.atWarn().setCause(e).addKeyValue("folder", folder).log("a part's folder stays behind");
            }
        });
    }
}
