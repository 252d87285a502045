package io.walkback.postgres.control;

import java.util.Arrays;
import java.util.Optional;

/// PostgreSQL's `DBState`, with the number that is on disk.
public enum ClusterState {
    STARTING_UP(0, "starting up"),
    SHUT_DOWN(1, "shut down"),
    SHUT_DOWN_IN_RECOVERY(2, "shut down in recovery"),
    SHUTTING_DOWN(3, "shutting down"),
    IN_CRASH_RECOVERY(4, "in crash recovery"),
    IN_ARCHIVE_RECOVERY(5, "in archive recovery"),
    IN_PRODUCTION(6, "in production");

    private final int number;
    private final String text;

    ClusterState(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// The state with a number of `DBState`; empty for numbers that no supported version writes.
    static Optional<ClusterState> of(int number) {
        return Arrays.stream(values()).filter(state -> state.number == number).findFirst();
    }

    /// As `pg_controldata` prints it.
    public String text() {
        return text;
    }
}
