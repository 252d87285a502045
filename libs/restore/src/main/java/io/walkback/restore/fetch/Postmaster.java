package io.walkback.restore.fetch;

import io.walkback.domain.FailureCode;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.embedded.Signal;
import io.walkback.embedded.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What `postmaster.pid` in a data directory says: process id in its first line, status in its eighth.
///
/// @param status `starting`, `standby`, `ready`, `stopping`; empty while the server has not written it
public record Postmaster(long pid, String status) {
    private static final int STATUS_LINE = 7;

    /// How long a server that an earlier attempt left behind gets to end.
    private static final Duration ORPHAN = Duration.ofSeconds(60);

    /// The server that the file names, if that process is there and works in this directory.
    public static Optional<Postmaster> of(Path dataDirectory) {
        List<String> lines;
        try {
            lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        } catch (IOException _) {
            // No file, or it is being removed: no server that could be named.
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(lines.isEmpty() ? "" : lines.getFirst().strip());
            String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
            return worksIn(pid, dataDirectory) ? Optional.of(new Postmaster(pid, status)) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Ends the server of a directory that is marked as this operation's: an attempt was killed right after it had
    /// started it. Returns at once where there is none; [RetryableException] where it does not end in time.
    static void endOrphan(Path directory) throws InterruptedException {
        Optional<Postmaster> server = of(directory);
        if (server.isPresent()) {
            ProcessHandle process = ProcessHandle.of(server.get().pid()).orElseThrow();
            process.destroy();
            try {
                process.onExit().get(ORPHAN.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException lasting) {
                throw new RetryableException(
                        FailureCode.TARGET_NOT_EMPTY,
                        "process " + process.pid() + ", a server of an earlier attempt, still runs in '" + directory
                                + "'",
                        "Stop it, or wait until it has ended.",
                        lasting);
            }
        }
    }

    /// Ends the server of a copy that has been given up, or makes way for another start of it: in order, without
    /// waiting for its clients. Returns at once where none runs.
    public static void end(Path directory) throws InterruptedException {
        Optional<Postmaster> server = of(directory);
        if (server.isEmpty()) {
            return;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(server.get().pid());
        Signals.send(Signal.INT, server.get().pid());
        try {
            if (process.isPresent()) {
                process.get().onExit().get(ORPHAN.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (TimeoutException | ExecutionException lasting) {
            throw new OperatorActionException(
                    FailureCode.TARGET_NOT_EMPTY,
                    "process " + server.get().pid() + ", the server of the copy, still runs in '" + directory
                            + "' after " + ORPHAN.toSeconds() + " s",
                    "Stop it.",
                    lasting);
        }
    }

    public boolean isReady() {
        return status.equals("ready");
    }

    /// A process id may have been given to another process since: the working directory of a postmaster is its data
    /// directory. Where that cannot be read, a process that lives counts as the server.
    private static boolean worksIn(long pid, Path dataDirectory) {
        if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
            return false;
        }
        try {
            return Files.isSameFile(Path.of("/proc/" + pid + "/cwd"), dataDirectory);
        } catch (IOException _) {
            return true;
        }
    }
}
