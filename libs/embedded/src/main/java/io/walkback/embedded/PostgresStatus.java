package io.walkback.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a server says about itself in the last line of `postmaster.pid`.
public enum PostgresStatus {
    /// Not running, or it has not written the file yet.
    ABSENT,
    /// Starting, or recovering and not consistent yet.
    STARTING,
    /// Recovering with `hot_standby = off`: up, and not open for anybody.
    STANDBY,
    /// Open for connections. It may still be recovering and open for reading only; only SQL can tell.
    READY,
    /// On its way down.
    STOPPING;

    /// PostgreSQL writes process id, data directory, start time, port, socket folder, address, shared memory,
    /// status.
    private static final int STATUS_LINE = 7;

    /// The status of process `pid` on `dataDirectory`; a file that another process left behind counts as absent.
    static PostgresStatus of(Path dataDirectory, long pid) {
        List<String> lines;
        try {
            lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        } catch (IOException _) {
            return ABSENT;
        }
        if (lines.isEmpty() || !lines.getFirst().strip().equals(Long.toString(pid))) {
            return ABSENT;
        }
        return lines.size() <= STATUS_LINE
                ? STARTING
                : switch (lines.get(STATUS_LINE).strip()) {
                    case "ready" -> READY;
                    case "standby" -> STANDBY;
                    case "stopping" -> STOPPING;
                    default -> STARTING;
                };
    }
}
