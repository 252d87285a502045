package io.walkback.postgres.replication;

import io.walkback.domain.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells the server how far WAL is written and flushed: when a position moves, when the server asks, and at least
/// once a second. Where the server has said nothing for a third of the silence limit it is asked to answer, so
/// that an idle server is told apart from one that is gone. Thread-safe.
///
/// ```
/// 'd' [ 'r' | written int64 | flushed int64 | applied int64 | our clock, us since 2000-01-01 | 1: please answer ]
/// ```
final class StatusSender {
    /// PostgreSQL's epoch.
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Wire wire;
    private final Clock clock;
    private final Duration askAfter;
    private final Duration pause;
    private final Runnable onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private Lsn written = Lsn.INVALID;
    private Lsn flushed = Lsn.INVALID;
    private boolean due = true;
    private boolean stopAsked;
    private boolean copyDoneSent;
    private boolean ended;
    private long lastHeard = System.nanoTime();
    private @Nullable IOException failure;

    StatusSender(Wire wire, Clock clock, Duration silenceLimit, Runnable onFailure) {
        this.wire = wire;
        this.clock = clock;
        this.askAfter = silenceLimit.dividedBy(3);
        this.pause = askAfter.compareTo(LONGEST_PAUSE) < 0 ? askAfter : LONGEST_PAUSE;
        this.onFailure = onFailure;
    }

    /// Positions only move forward; an older one changes nothing.
    void advance(Lsn newWritten, Lsn newFlushed) {
        lock.lock();
        try {
            if (newWritten.isAfter(written) || newFlushed.isAfter(flushed)) {
                flushed = Lsn.max(flushed, newFlushed);
                written = Lsn.max(Lsn.max(written, newWritten), flushed);
                due = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Something came from the server.
    void heard(boolean answerWanted) {
        lock.lock();
        try {
            lastHeard = System.nanoTime();
            if (answerWanted) {
                due = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void askToStop() {
        lock.lock();
        try {
            stopAsked = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Sends CopyDone unless that was done. After it no status may follow.
    void copyDone() throws IOException {
        lock.lock();
        try {
            if (!copyDoneSent) {
                copyDoneSent = true;
                wire.send('c', new byte[0]);
            }
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Why sending ended early, null where it did not.
    @Nullable
    IOException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /// The body of the thread that sends.
    void run() {
        lock.lock();
        try {
            while (!ended && !copyDoneSent) {
                if (stopAsked) {
                    send(false);
                    copyDone();
                    return;
                }
                boolean silent = System.nanoTime() - lastHeard >= askAfter.toNanos();
                due = false;
                send(silent);
                long left = pause.toNanos();
                while (left > 0 && !due && !stopAsked && !ended) {
                    left = changed.awaitNanos(left);
                }
            }
        } catch (IOException lost) {
            failure = lost;
            onFailure.run();
        } catch (InterruptedException _) {
            // Only WalStream owns this thread and it never interrupts; treat it as an order to leave.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void send(boolean answerWanted) throws IOException {
        // Read-only receivers apply nothing; 0 says so, and `remote_apply` cannot be satisfied by us.
        byte[] status = ByteBuffer.allocate(34)
                .put((byte) 'r')
                .putLong(written.bytes())
                .putLong(flushed.bytes())
                .putLong(0)
                .putLong(ChronoUnit.MICROS.between(EPOCH, clock.instant()))
                .put((byte) (answerWanted ? 1 : 0))
                .array();
        wire.send('d', status);
    }
}
