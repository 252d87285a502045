package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;

/// Takes WAL as it arrives, in order and without a hole. Calls come on the thread that called [WalStream#run]; the
/// server waits while one runs. What a sink throws cuts the connection and reaches the caller of `run` unchanged.
public interface WalSink {
    /// The bytes from `start` on. The slice is reused after the call returns. A slice may end anywhere, within a
    /// page or a record too, and never belongs to two timelines.
    void data(Lsn start, byte[] buffer, int offset, int length);

    /// The server has WAL up to `end`, which may be ahead of what was sent: the difference is the lag.
    default void serverPosition(Lsn end) {}

    /// The server wants to know the positions at once. As long as they are told every second, it asks only when it
    /// shuts down, and then waits until everything it sent is flushed.
    default void flushWanted() {}
}
