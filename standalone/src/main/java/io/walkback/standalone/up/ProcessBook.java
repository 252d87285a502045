package io.walkback.standalone.up;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Which processes run on a data folder, in a file. When `up` is killed its parts are told to end by the kernel,
/// which takes them some seconds; a start right after that must not meet a broker that still has its files open.
///
/// A process is known by id and start time, since ids are used again. Thread-safe.
final class ProcessBook {
    private final Path file;
    private final Map<String, Long> pids = new TreeMap<>();

    ProcessBook(Path file) {
        this.file = file;
    }

    /// Waits until everything that the file names has ended.
    ///
    /// @throws OperatorActionException naming a process that has not ended within `deadline`
    void awaitEarlier(Duration deadline) throws InterruptedException {
        long start = System.nanoTime();
        for (Map.Entry<String, String> entry : read().entrySet()) {
            Optional<ProcessHandle> alive = find(entry.getValue());
            if (alive.isPresent()) {
                long left = deadline.toNanos() - (System.nanoTime() - start);
                try {
                    alive.get().onExit().get(Math.max(1, left), TimeUnit.NANOSECONDS);
                } catch (TimeoutException | ExecutionException late) {
                    throw new OperatorActionException(
                            FailureCode.CONFIGURATION,
                            entry.getKey() + " of an earlier start still runs as process "
                                    + alive.get().pid(),
                            "End it (kill " + alive.get().pid() + ") and start again.",
                            late);
                }
            }
        }
    }

    /// Remembers that `name` runs as process `pid`.
    synchronized void put(String name, long pid) {
        if (!Objects.equals(pids.put(name, pid), pid)) {
            write();
        }
    }

    /// Everything has ended in order.
    synchronized void clear() {
        pids.clear();
        write();
    }

    private Map<String, String> read() {
        Map<String, String> entries = new TreeMap<>();
        if (Files.exists(file)) {
            Properties kept = new Properties();
            try {
                kept.load(new StringReader(Files.readString(file)));
            } catch (IOException unreadable) {
                throw new UncheckedIOException("cannot read " + file, unreadable);
            }
            kept.stringPropertyNames().forEach(name -> entries.put(name, kept.getProperty(name)));
        }
        return entries;
    }

    private static Optional<ProcessHandle> find(String entry) {
        String[] parts = entry.split("@", 2);
        if (parts.length < 2 || !parts[0].matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(parts[0]))
                .filter(process -> start(process).equals(parts[1]))
                .filter(ProcessHandle::isAlive);
    }

    private static String start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private void write() {
        String text = pids.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "@"
                        + ProcessHandle.of(entry.getValue())
                                .map(ProcessBook::start)
                                .orElse("gone") + "\n")
                .collect(Collectors.joining());
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(half, text);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("cannot write " + file, unwritable);
        }
    }
}
