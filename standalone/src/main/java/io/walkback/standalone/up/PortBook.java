package io.walkback.standalone.up;

import io.walkback.embedded.FreePorts;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which ports the parts of a data folder have: kept in a file, one `name=port` per line, so that a second start
/// has the same addresses. Not thread-safe.
final class PortBook {
    private static final int HIGHEST = 65_535;

    private final Path file;
    private final Map<String, Integer> ports = new TreeMap<>();

    /// Reads `file` if there is one. What is not a port in it is forgotten: it only costs the same address again.
    PortBook(Path file) {
        this.file = file;
        if (Files.exists(file)) {
            Properties kept = new Properties();
            try {
                kept.load(new StringReader(Files.readString(file)));
            } catch (IOException unreadable) {
                throw new UncheckedIOException("cannot read " + file, unreadable);
            }
            kept.stringPropertyNames().forEach(name -> {
                String port = kept.getProperty(name).strip();
                if (port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= HIGHEST) {
                    ports.put(name, Integer.parseInt(port));
                }
            });
        }
    }

    /// What `name` had.
    OptionalInt remembered(String name) {
        Integer port = ports.get(name);
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /// The port that `name` had if nobody else sits on it, else a free one; remembered from now on.
    int take(String name) {
        OptionalInt before = remembered(name);
        return use(
                name, before.isPresent() && FreePorts.isFree(before.getAsInt()) ? before.getAsInt() : FreePorts.one());
    }

    /// Remembers `port` for `name`.
    int use(String name, int port) {
        ports.put(name, port);
        String text = ports.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(half, text);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("cannot write " + file, unwritable);
        }
        return port;
    }
}
