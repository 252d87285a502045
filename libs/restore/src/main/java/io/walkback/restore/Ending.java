package io.walkback.restore;

import io.walkback.domain.BackupId;
import io.walkback.domain.CorruptDataException;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.operation.Facts;
import io.walkback.restore.fetch.FileFailures;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// What an operation has reached, kept in the run directory: a worker that finds it tells it instead of restoring
/// again (P8), which matters when the first one was killed between the end of its work and telling of it.
///
/// A properties file, version 1.
public final class Ending {
    private static final String PHASE = "phase.";

    private Ending() {}

    /// Written and synced before the marker goes.
    static void write(Path file, String operation, Facts.Restored facts) {
        Properties lines = new Properties();
        lines.setProperty("version", "1");
        lines.setProperty("operation", operation);
        lines.setProperty("backup", facts.backup().value());
        put(lines, "reached", facts.reached());
        put(lines, "reachedTime", facts.reachedTime());
        put(lines, "timeline", facts.timeline());
        lines.setProperty("host", facts.host());
        lines.setProperty("directory", facts.directory());
        lines.setProperty("bytes", Long.toString(facts.bytes()));
        facts.phaseSeconds().forEach((phase, seconds) -> lines.setProperty(PHASE + phase, seconds.toString()));
        put(lines, "socket", facts.socket());
        put(lines, "kept", facts.keptBytes());
        Path half = file.resolveSibling(file.getFileName() + ".half");
        try (StringWriter text = new StringWriter()) {
            lines.store(text, null);
            Files.writeString(half, text.toString());
            try (FileChannel channel = FileChannel.open(half, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw FileFailures.of("write", file, failure);
        }
    }

    /// What `operation` has reached; empty when the file is not there or is another operation's.
    static Optional<Facts.Restored> read(Path file, String operation) {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file)));
            if (!operation.equals(lines.getProperty("operation"))) {
                return Optional.empty();
            }
            if (!"1".equals(lines.getProperty("version"))) {
                throw new IllegalArgumentException("version " + lines.getProperty("version"));
            }
            Map<String, Double> phases = new HashMap<>();
            for (String name : lines.stringPropertyNames()) {
                if (name.startsWith(PHASE)) {
                    phases.put(name.substring(PHASE.length()), Double.valueOf(lines.getProperty(name)));
                }
            }
            String reached = lines.getProperty("reached");
            String time = lines.getProperty("reachedTime");
            String kept = lines.getProperty("kept");
            return Optional.of(new Facts.Restored(
                    new BackupId(required(lines, "backup")),
                    reached == null ? null : Lsn.parse(reached),
                    time == null ? null : Instant.parse(time),
                    new TimelineId(Integer.parseUnsignedInt(required(lines, "timeline"))),
                    required(lines, "host"),
                    required(lines, "directory"),
                    Long.parseLong(required(lines, "bytes")),
                    phases,
                    lines.getProperty("socket"),
                    kept == null ? null : Long.valueOf(kept)));
        } catch (IOException failure) {
            throw FileFailures.of("read", file, failure);
        } catch (RuntimeException odd) {
            throw new CorruptDataException(
                    FailureCode.OBJECT_CORRUPT,
                    "'" + file + "' cannot be read: " + odd.getMessage(),
                    "It tells how an earlier restore ended. Look at the copy yourself, then remove the file.",
                    odd);
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
