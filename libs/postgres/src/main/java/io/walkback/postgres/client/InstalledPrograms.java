package io.walkback.postgres.client;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for client programs on this host: in the folder that the settings name and nowhere else, or, where they
/// name none, in the folders of the distributions and on the PATH. Looks anew each time, so that what is installed
/// while a worker runs is found. Thread-safe.
public final class InstalledPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(InstalledPrograms.class);
    /// Debian and Ubuntu have a folder for each version below the first, Red Hat's family beside each other.
    private static final List<String> DISTRIBUTIONS = List.of("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin");

    private static final List<String> NEEDED = List.of("pg_dump", "pg_dumpall", "pg_restore");
    private static final int ANSWER_SECONDS = 10;
    private static final int LONGEST_ANSWER = 500;

    private final @Nullable Path configured;
    private final @Nullable String path;

    /// @param configured the folder that the settings name; null for none
    /// @param path       what the variable PATH says; null where it is not set
    public InstalledPrograms(@Nullable Path configured, @Nullable String path) {
        this.configured = configured;
        this.path = path;
    }

    /// All that answer, in the order in which they were looked for.
    public List<ClientPrograms> find() {
        List<ClientPrograms> found = new ArrayList<>();
        for (Path folder : folders()) {
            if (NEEDED.stream().allMatch(name -> Files.isExecutable(folder.resolve(name)))) {
                ask(folder).ifPresent(found::add);
            }
        }
        return found;
    }

    private Set<Path> folders() {
        if (configured != null) {
            return Set.of(configured);
        }
        Set<Path> folders = new LinkedHashSet<>();
        DISTRIBUTIONS.forEach(pattern -> folders.addAll(matching(pattern)));
        Arrays.stream((path == null ? "" : path).split(File.pathSeparator, -1))
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .forEach(folders::add);
        return folders;
    }

    /// Folders of a pattern whose one changing part has a star.
    private static List<Path> matching(String pattern) {
        Path bin = Path.of(pattern);
        Path versioned = bin.getParent();
        List<Path> folders = new ArrayList<>();
        if (versioned == null || versioned.getParent() == null || !Files.isDirectory(versioned.getParent())) {
            return folders;
        }
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(
                versioned.getParent(), versioned.getFileName().toString())) {
            versions.forEach(version -> folders.add(version.resolve(bin.getFileName())));
        } catch (IOException unreadable) {
            LOG.atWarn().setCause(unreadable).log("folder of client programs cannot be listed, passed over");
        }
        folders.sort(null);
        return folders;
    }

    private static Optional<ClientPrograms> ask(Path folder) {
        try {
            Process program = new ProcessBuilder(folder.resolve("pg_dump").toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            try {
                program.getOutputStream().close();
                if (!program.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                    return Optional.empty();
                }
                byte[] answer = program.getInputStream().readNBytes(LONGEST_ANSWER);
                return program.exitValue() == 0
                        ? ClientPrograms.of(folder, new String(answer, java.nio.charset.StandardCharsets.US_ASCII))
                        : Optional.empty();
            } finally {
                program.destroyForcibly();
            }
        } catch (IOException broken) {
            LOG.atWarn().setCause(broken).addKeyValue("folder", folder).log("pg_dump cannot be started, passed over");
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
