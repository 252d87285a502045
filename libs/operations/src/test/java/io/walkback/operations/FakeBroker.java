package io.walkback.operations;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.OperationFold;
import io.walkback.domain.operation.OperationRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// One partition of a log and its heartbeats in memory, for tests of what decides. Can be away.
final class FakeBroker implements OperationLog {
    private final List<LogReader.Logged> log = new CopyOnWriteArrayList<>();
    private final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    void setAway(boolean value) {
        away = value;
    }

    List<OperationRecord> records() {
        return log.stream().map(LogReader.Logged::record).toList();
    }

    List<Heartbeat> heartbeats() {
        return heartbeats;
    }

    @Override
    public synchronized CompletableFuture<Void> append(OperationRecord record) {
        if (away) {
            return CompletableFuture.failedFuture(unavailable());
        }
        log.add(new LogReader.Logged(record, new Epoch("log", 0, log.size())));
        return CompletableFuture.completedFuture(null);
    }

    private static RetryableException unavailable() {
        return new RetryableException(FailureCode.BROKER_UNAVAILABLE, "broker is away", "Wait.");
    }

    LogReader reader() {
        return new LogReader() {
            private int next;

            @Override
            public void begin(OperationFold fold) {}

            @Override
            public List<Logged> poll(Duration timeout) {
                LockSupport.parkNanos(timeout.toNanos() / 10);
                if (away) {
                    return List.of();
                }
                List<Logged> records = new ArrayList<>(log.subList(next, log.size()));
                next += records.size();
                return records;
            }

            @Override
            public boolean caughtUp() {
                return !away && next == log.size();
            }

            @Override
            public void close() {}
        };
    }

    /// @param muted whether this worker's own heartbeats get lost
    HeartbeatChannel channel(AtomicBoolean muted) {
        return new HeartbeatChannel() {
            private int next;

            @Override
            public CompletableFuture<Void> send(Heartbeat heartbeat) {
                if (away || muted.get()) {
                    return CompletableFuture.failedFuture(unavailable());
                }
                heartbeats.add(heartbeat);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public List<Heartbeat> poll(Duration timeout) {
                LockSupport.parkNanos(timeout.toNanos());
                List<Heartbeat> news = new ArrayList<>(heartbeats.subList(next, heartbeats.size()));
                next += news.size();
                return news;
            }

            @Override
            public boolean listening(Duration timeout) {
                return !away;
            }

            @Override
            public void close() {}
        };
    }
}
