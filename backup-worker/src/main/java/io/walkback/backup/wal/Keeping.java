package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.WalSegment;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Makes durable what one connection receives: whole segments, some at a time, and every few seconds what there is
/// of the unfinished one. Thread-safe.
///
/// Order: a position is told only when everything before it is in the repository and was read back
/// ([DurablePrefix]). The pieces of a segment are deleted only after that ([PieceKeeping]). A piece that could not
/// be deleted costs its bytes until its segment expires.
///
/// The first failure ends everything: [#take] throws it, or the stream is stopped and [#finish] throws it.
final class Keeping implements SegmentReceiver.Keeper, AutoCloseable {
    /// What is done with what is found out.
    interface Progress {
        /// A whole segment is in the repository and was read back, whatever is missing before it.
        void sealed(WalSegment segment);

        /// Everything before `end` is durable.
        void durable(Lsn end);

        /// The server's WAL reaches to `end`.
        void heard(Lsn end);

        /// Nothing more can be made durable: the stream is to end.
        void stop();
    }

    /// How much is stored at once, and how often.
    ///
    /// @param room       how many segments and pieces the whole process stores at once: each takes some 2 MiB of
    ///                   memory, and up to 8 MiB more for a store on S3
    /// @param pieceEvery how often a piece is written while the server writes: what the loss of the server costs at
    ///                   most, and the time to store it
    record Pace(Semaphore room, Duration pieceEvery) {}

    /// Where else what comes is, so that it can be brought over from there.
    ///
    /// @param isSafe   whether it is now
    /// @param patience a store that takes none of the segments that wait for it in this time is a failure then; by
    ///                 itself it tries again for much longer
    record Elsewhere(BooleanSupplier isSafe, Duration patience) {}

    static final Duration STORE_PATIENCE = Duration.ofSeconds(10);

    private final Archiver archiver;
    private final Spools spools;
    private final Pace pace;
    private final Progress progress;
    private final DurablePrefix prefix;
    private final Elsewhere elsewhere;
    private final PieceKeeping pieces;
    private final ExecutorService threads;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Guarded by the lock, as is all that follows.
    private int storing;

    private boolean abandoned;
    private @Nullable Throwable failure;

    /// @param start where reception begins
    Keeping(Archiver archiver, Spools spools, Pace pace, WalSegment start, Progress progress) {
        this(archiver, spools, pace, start, progress, new Elsewhere(() -> false, STORE_PATIENCE));
    }

    /// @param start where reception begins
    Keeping(Archiver archiver, Spools spools, Pace pace, WalSegment start, Progress progress, Elsewhere elsewhere) {
        this.elsewhere = elsewhere;
        this.archiver = archiver;
        this.spools = spools;
        this.pace = pace;
        this.progress = progress;
        this.prefix = new DurablePrefix(start.start());
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("wal-keeping-", 0).factory());
        this.pieces = new PieceKeeping(
                archiver, pace, start, piece -> progress.durable(prefix.add(piece.from(), piece.to())));
    }

    /// Begins to keep pieces of what `receiver` has. Call it once.
    void begin(SegmentReceiver receiver) {
        threads.execute(() -> {
            try {
                pieces.run(receiver);
            } catch (Throwable fault) {
                failed(fault);
            }
        });
    }

    @Override
    public void take(SegmentReceiver.Whole whole) {
        lock.lock();
        try {
            throwFailure();
            storing++;
        } finally {
            lock.unlock();
        }
        threads.execute(() -> store(whole));
    }

    @Override
    public SegmentSpool room() throws InterruptedException {
        SegmentSpool free = spools.take(elsewhere.patience());
        while (free == null) {
            if (elsewhere.isSafe().getAsBoolean()) {
                throw abandon();
            }
            free = spools.take(elsewhere.patience());
        }
        return free;
    }

    private RetryableException abandon() {
        RetryableException away = new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "the store took none of " + Spools.FILES + " wal segments within "
                        + elsewhere.patience().toSeconds() + " s",
                "Check the store. WAL goes on to be received into its tail on the brokers.");
        lock.lock();
        try {
            abandoned = true;
        } finally {
            lock.unlock();
        }
        failed(away);
        return away;
    }

    private void store(SegmentReceiver.Whole whole) {
        WalSegment segment = whole.segment();
        try {
            pace.room().acquire();
            try {
                var _ = archiver.seal(whole);
            } finally {
                pace.room().release();
            }
            progress.sealed(segment);
            progress.durable(prefix.add(segment.start(), segment.end()));
            pieces.sealed(segment);
        } catch (Throwable fault) {
            failed(fault);
        } finally {
            spools.giveBack(whole.content());
            lock.lock();
            try {
                storing--;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void hurry() {
        pieces.hurry();
    }

    @Override
    public void heard(Lsn end) {
        progress.heard(end);
    }

    /// Waits until every segment that was taken is durable, or throws why one is not.
    void finish() {
        lock.lock();
        try {
            while (storing > 0) {
                changed.await();
            }
            throwFailure();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted(interrupted);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything that came is durable, the unfinished segment in pieces, or throws why it is not: for
    /// the end of a timeline, behind which nothing comes. Its receiver gets nothing more.
    void finish(SegmentReceiver receiver) {
        finish();
        try {
            pieces.awaitKept(receiver);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted(interrupted);
        }
        finish();
    }

    private void failed(Throwable fault) {
        Throwable earlier;
        lock.lock();
        try {
            earlier = failure;
            if (earlier == null) {
                failure = fault;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        pieces.end();
        if (earlier == null) {
            progress.stop();
        } else if (earlier != fault) {
            earlier.addSuppressed(fault);
        }
    }

    private void throwFailure() {
        switch (failure) {
            case null -> {}
            case InterruptedException interrupted -> throw interrupted(interrupted);
            case RuntimeException known -> throw known;
            case Error broken -> throw broken;
            default -> throw new IllegalStateException("wal could not be kept", failure);
        }
    }

    private static OperatorActionException interrupted(InterruptedException cause) {
        return new OperatorActionException(
                FailureCode.CANCELLED,
                "wal reception was interrupted while segments were being stored",
                "Reception goes on from the archived frontier.",
                cause);
    }

    /// Waits for what is being stored; an interrupted thread ends it instead, and so does a store that was given
    /// up.
    @Override
    public void close() {
        pieces.end();
        lock.lock();
        try {
            if (abandoned) {
                threads.shutdownNow();
            }
        } finally {
            lock.unlock();
        }
        threads.close();
    }
}
