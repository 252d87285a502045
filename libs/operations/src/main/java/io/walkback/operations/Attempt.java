package io.walkback.operations;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Heartbeat;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.WorkerId;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One attempt of this process at one operation, as its handler sees it. Thread-safe.
public final class Attempt {
    private final Operation operation;
    private final Epoch epoch;
    private final WorkerId worker;
    private final LeaseTimes times;
    private final LongSupplier nanoTime;
    private final AtomicLong renewedNanos;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean done;
    private volatile long progressNanos;
    private volatile Progress progress;
    private volatile @Nullable Supplier<@Nullable Exposed> exposure;

    private record Progress(
            String phase,
            long done,
            @Nullable Long kept,
            @Nullable Long total,
            @Nullable Lsn lsn,
            long sinceNanos,
            long sinceDone) {
        /// Null while the phase is too young for a rate.
        @Nullable
        Long bytesPerSecond(long nowNanos) {
            double seconds = (nowNanos - sinceNanos) / 1e9;
            return seconds < 1 ? null : (long) Math.max(0, (done - sinceDone) / seconds);
        }
    }

    Attempt(Operation operation, Epoch epoch, WorkerId worker, LeaseTimes times, LongSupplier nanoTime) {
        this.operation = operation;
        this.epoch = epoch;
        this.worker = worker;
        this.times = times;
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.renewedNanos = new AtomicLong(now);
        this.progressNanos = now;
        this.progress = new Progress("starting", 0, null, null, null, now, 0);
    }

    /// The operation as it was when the claim was won.
    public Operation operation() {
        return operation;
    }

    public Epoch epoch() {
        return epoch;
    }

    public WorkerId worker() {
        return worker;
    }

    /// Which attempt this is, from 1.
    public int number() {
        return operation.attempts();
    }

    /// Tells how far the work came; the next heartbeat carries it. An attempt that does not tell it for longer than
    /// [AttemptHandler#patience] counts as stuck.
    ///
    /// @param phase a word for people
    /// @param total null when not known
    public void progress(String phase, long bytesDone, @Nullable Long total, @Nullable Lsn lsn) {
        progress(phase, bytesDone, null, total, lsn);
    }

    /// As [#progress(String, long, Long, Lsn)].
    ///
    /// @param kept of `bytesDone`, what was there before; null where nothing was looked for
    public void progress(String phase, long bytesDone, @Nullable Long kept, @Nullable Long total, @Nullable Lsn lsn) {
        long now = nanoTime.getAsLong();
        Progress before = progress;
        boolean same = before.phase().equals(phase);
        progress = new Progress(
                phase,
                bytesDone,
                kept,
                total,
                lsn,
                same ? before.sinceNanos() : now,
                same ? before.sinceDone() : bytesDone);
        progressNanos = now;
    }

    /// Ages of WAL.
    ///
    /// @param now   of the oldest that would be lost with the server
    /// @param store of the oldest that is not in the repository, though brokers may have it
    public record Exposed(Duration now, Duration store) {}

    /// Each heartbeat tells from now on how old the oldest WAL is that would be lost with the server.
    ///
    /// @param ages asked on the thread of heartbeats; must not wait; null while they are not known
    public void exposed(Supplier<@Nullable Exposed> ages) {
        exposure = ages;
    }

    /// How long nothing was told of its progress.
    Duration silence() {
        return Duration.ofNanos(nanoTime.getAsLong() - progressNanos);
    }

    /// Whether this attempt is over: cancelled, paused, lost, or the process stops. Its thread is interrupted too.
    public boolean isOver() {
        return over.get();
    }

    /// Passes only while the newest acknowledged heartbeat is younger than half a lease, so that nobody else can
    /// hold the operation yet. For steps without a fence of their own: rename, promote, slot drop.
    public void requireRecentRenewal() {
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - renewedNanos.get());
        if (isOver() || age.compareTo(times.renewalFence()) > 0) {
            throw new RetryableException(
                    FailureCode.LEASE_LOST,
                    "the last acknowledged heartbeat of " + operation.id() + " is " + age.toMillis()
                            + " ms old, more than the " + times.renewalFence().toMillis()
                            + " ms that this step allows",
                    "Another worker takes over; look at this host's way to Kafka.");
        }
    }

    Heartbeat heartbeat(Clock clock) {
        Progress now = progress;
        Supplier<@Nullable Exposed> source = exposure;
        Exposed exposed = source == null ? null : source.get();
        return new Heartbeat(
                operation.database(),
                operation.id(),
                epoch,
                worker,
                now.phase(),
                now.done(),
                now.total(),
                now.kept(),
                now.bytesPerSecond(nanoTime.getAsLong()),
                now.lsn(),
                exposed == null ? null : exposed.now().toMillis(),
                exposed == null ? null : exposed.store().toMillis(),
                clock.instant());
    }

    /// A heartbeat that was sent at `sentNanos` is acknowledged.
    void renewed(long sentNanos) {
        renewedNanos.accumulateAndGet(sentNanos, (known, sent) -> sent - known > 0 ? sent : known);
    }

    void end() {
        over.set(true);
    }

    /// Whether its thread has done all it will do.
    boolean isDone() {
        return done;
    }

    void done() {
        done = true;
    }
}
