package io.walkback.operations;

import io.walkback.domain.operation.Heartbeat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Heartbeats, both ways. `send` is thread-safe; `poll` and `listening` belong to the judge's thread.
public interface HeartbeatChannel extends AutoCloseable {
    /// The future ends when the brokers in sync have it.
    CompletableFuture<Void> send(Heartbeat heartbeat);

    /// Heartbeats since the last call, from the newest end at the time of the first call on.
    List<Heartbeat> poll(Duration timeout);

    /// Asks the broker where the heartbeats end, and answers whether all of them have been polled. False when it
    /// does not answer within `timeout`.
    boolean listening(Duration timeout);

    @Override
    void close();
}
