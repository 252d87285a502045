package io.walkback.restore.fetch;

import io.walkback.domain.SystemIdentifier;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What [TargetDirectories#MARKER] says: whose unfinished work a directory holds.
///
/// ```
///  operation=<id>
///  delta=<system identifier>        only where a restore goes over what was there
/// ```
///
/// @param operation that wrote it
/// @param delta the cluster whose files the directory held and holds, when the restore goes over them; null: they
/// were written into an empty directory, and may be removed
record Marker(String operation, @Nullable SystemIdentifier delta) {
    /// Its name while it is written.
    static final String HALF = TargetDirectories.MARKER + ".half";

    private static final String OPERATION = "operation=";
    private static final String DELTA = "delta=";

    /// The marker in a directory; empty without one that can be read.
    static Optional<Marker> in(Path directory) {
        try {
            List<String> lines = Files.readAllLines(path(directory));
            String operation = lines.isEmpty() ? "" : lines.getFirst().strip();
            SystemIdentifier delta = null;
            if (lines.size() > 1 && lines.get(1).startsWith(DELTA)) {
                delta = SystemIdentifier.parse(
                        lines.get(1).substring(DELTA.length()).strip());
            }
            return Optional.of(new Marker(
                    operation.startsWith(OPERATION) ? operation.substring(OPERATION.length()) : operation, delta));
        } catch (IOException | IllegalArgumentException _) {
            // Not there, or not ours: a directory that nobody can claim by it.
            return Optional.empty();
        }
    }

    /// Writes it, whole or not at all, and on disk when this returns.
    void write(Path directory) throws IOException {
        Path half = directory.resolve(HALF);
        Files.writeString(half, OPERATION + operation + "\n" + (delta == null ? "" : DELTA + delta + "\n"));
        force(half);
        Files.move(half, path(directory), StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    static Path path(Path directory) {
        return directory.resolve(TargetDirectories.MARKER);
    }

    static void remove(Path directory) throws IOException {
        Files.deleteIfExists(path(directory));
    }

    /// Makes a file durable, or the names in a directory.
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
