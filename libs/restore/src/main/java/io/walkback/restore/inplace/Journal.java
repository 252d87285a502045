package io.walkback.restore.inplace;

import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.operation.Command.InPlace;
import io.walkback.restore.fetch.FileFailures;
import io.walkback.restore.fetch.Move;
import io.walkback.restore.replay.RunDirectory;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one restore in place is doing, on disk before it does it. A properties file in the run directory, version 1.
///
/// @param directory the data directory
/// @param mode      of the data directory, as `rwx------`: set aside it has none, so that no server starts in it, whose
///                  links lead to what the copy has by then; empty where nothing is there
/// @param moves     what is set aside, in order
/// @param step      in words, for whoever finds it
/// @param expires   when the set-aside directories may go; null before it is done
record Journal(
        String operation,
        String database,
        Path directory,
        String mode,
        InPlace hooks,
        List<Move> moves,
        State state,
        String step,
        @Nullable Instant expires) {
    private static final String SUFFIX = ".in-place";

    enum State {
        /// Not done: to be put back.
        BEGUN,
        /// The copy has taken the place; what was set aside waits for its end.
        DONE,
        /// The old state is in its place again.
        PUT_BACK
    }

    Journal {
        moves = List.copyOf(moves);
    }

    Journal at(String newStep) {
        return new Journal(operation, database, directory, mode, hooks, moves, state, newStep, expires);
    }

    Journal ended(State end, @Nullable Instant until) {
        return new Journal(operation, database, directory, mode, hooks, moves, end, step, until);
    }

    /// Writes it, whole or not at all, and on disk when this returns.
    void write(RunDirectory run) {
        Properties lines = new Properties();
        lines.setProperty("version", "1");
        lines.setProperty("operation", operation);
        lines.setProperty("database", database);
        lines.setProperty("directory", directory.toString());
        lines.setProperty("mode", mode);
        lines.setProperty("state", state.name());
        lines.setProperty("step", step);
        put(lines, "expires", expires);
        put(lines, "stopHook", hooks.stopHook());
        put(lines, "startHook", hooks.startHook());
        put(lines, "verification", hooks.verification());
        for (int i = 0; i < moves.size(); i++) {
            lines.setProperty("move." + i + ".from", moves.get(i).from().toString());
            lines.setProperty("move." + i + ".to", moves.get(i).to().toString());
            lines.setProperty("move." + i + ".failed", moves.get(i).failed().toString());
        }
        Path file = file(run);
        Path half = file.resolveSibling(file.getFileName() + ".half");
        try (StringWriter text = new StringWriter()) {
            lines.store(text, null);
            Files.writeString(half, text.toString());
            force(half);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
            force(run.path());
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        }
    }

    void remove(RunDirectory run) {
        try {
            Files.deleteIfExists(file(run));
        } catch (IOException failure) {
            throw FileFailures.of("remove", file(run), failure);
        }
    }

    /// All that a run directory has; none where there is no such directory.
    static List<Journal> in(RunDirectory run) {
        if (!Files.isDirectory(run.path())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run.path())) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .map(Journal::read)
                    .toList();
        } catch (IOException failure) {
            throw FileFailures.of("read", run.path(), failure);
        }
    }

    private static Journal read(Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file)));
            if (!"1".equals(lines.getProperty("version"))) {
                throw new IllegalArgumentException("version " + lines.getProperty("version"));
            }
            List<Move> moves = new ArrayList<>();
            for (int i = 0; lines.getProperty("move." + i + ".from") != null; i++) {
                moves.add(new Move(
                        Path.of(required(lines, "move." + i + ".from")),
                        Path.of(required(lines, "move." + i + ".to")),
                        Path.of(required(lines, "move." + i + ".failed"))));
            }
            String expires = lines.getProperty("expires");
            return new Journal(
                    required(lines, "operation"),
                    required(lines, "database"),
                    Path.of(required(lines, "directory")),
                    required(lines, "mode"),
                    new InPlace(
                            lines.getProperty("stopHook"),
                            lines.getProperty("startHook"),
                            lines.getProperty("verification")),
                    moves,
                    State.valueOf(required(lines, "state")),
                    required(lines, "step"),
                    expires == null ? null : Instant.parse(expires));
        } catch (IOException failure) {
            throw FileFailures.of("read", file, failure);
        } catch (RuntimeException odd) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "'" + file + "' cannot be read: " + odd.getMessage(),
                    "It tells which directories were set aside: look for '*.walkback-old-*' beside the data directory.",
                    odd);
        }
    }

    private Path file(RunDirectory run) {
        String tag = moves.isEmpty()
                ? "nothing"
                : moves.getFirst().to().getFileName().toString();
        return run.path().resolve(tag.substring(tag.lastIndexOf('-') + 1) + SUFFIX);
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void put(Properties lines, String name, @Nullable Object value) {
        if (value != null) {
            lines.setProperty(name, value.toString());
        }
    }

    private static String required(Properties lines, String name) {
        String value = lines.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("no line '" + name + "'");
        }
        return value;
    }
}
