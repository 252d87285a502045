package io.walkback.backup.heartbeat;

import io.walkback.domain.Lsn;
import io.walkback.postgres.heartbeat.HeartbeatTable.Beat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Heartbeats that were written, and those of them that are durable. Thread-safe; no clock of its own.
///
/// Ages count from when the write began here, so that no clock of the server's is compared with ours. Memory:
/// [#MOST] of them; beyond that the newest takes the place of the one before it, and the age of the oldest stays
/// right.
final class MeasuredRpo {
    static final int MOST = 1_024;

    private record Written(Beat beat, long nanos) {}

    private final Deque<Written> waiting = new ArrayDeque<>();
    private @Nullable Instant durable;

    /// @param nanos when the write began, by [System#nanoTime]
    synchronized void written(Beat beat, long nanos) {
        // A server whose WAL ends before is another one, and what its predecessor wrote will not come any more.
        if (!waiting.isEmpty() && beat.end().isBefore(waiting.getLast().beat().end())) {
            waiting.clear();
        }
        if (waiting.size() == MOST) {
            waiting.removeLast();
        }
        waiting.addLast(new Written(beat, nanos));
    }

    /// Everything before `end` is durable.
    synchronized void durable(Lsn end) {
        while (!waiting.isEmpty() && !waiting.getFirst().beat().end().isAfter(end)) {
            durable = waiting.removeFirst().beat().writtenAt();
        }
    }

    /// The age of the oldest that is not durable; zero where all are.
    synchronized Duration missing(long nanos) {
        return waiting.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, nanos - waiting.getFirst().nanos()));
    }

    /// When the newest that is durable was written, by the server's clock; null: none that was written here is.
    synchronized @Nullable Instant newestDurable() {
        return durable;
    }
}
