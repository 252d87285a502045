package io.walkback.backup.wal;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.WalSegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Makes durable what one connection receives: whole segments, some at a time, and every few seconds what there is
/// of the unfinished one. Thread-safe.
///
/// Order: a position is told only when everything before it is in the repository and was read back
/// ([DurablePrefix]). The pieces of a segment are deleted only after the whole of it, or a larger piece with all of
/// their bytes ([PieceLevels]), is stored; one thread writes and deletes them, so that none is written after that.
/// A piece that could not be deleted costs its bytes until its segment expires.
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

    private final Archiver archiver;
    private final Spools spools;
    private final Pace pace;
    private final Progress progress;
    private final DurablePrefix prefix;
    private final ExecutorService threads;

    /// Of the newest segment of which a piece was written; only for the thread that writes them.
    private @Nullable PieceLevels levels;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Guarded by the lock, as is all that follows.
    private final Set<WalSegment> withPieces = new HashSet<>();

    private final Deque<WalSegment> toClean = new ArrayDeque<>();
    private int storing;
    private boolean hurried;
    private boolean ending;
    private @Nullable Throwable failure;

    /// @param start where reception begins
    Keeping(Archiver archiver, Spools spools, Pace pace, WalSegment start, Progress progress) {
        this.archiver = archiver;
        this.spools = spools;
        this.pace = pace;
        this.progress = progress;
        this.prefix = new DurablePrefix(start.start());
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("wal-keeping-", 0).factory());
        // An earlier connection may have left some.
        withPieces.add(start);
    }

    /// Begins to keep pieces of what `receiver` has. Call it once.
    void begin(SegmentReceiver receiver) {
        threads.execute(() -> {
            try {
                keepPieces(receiver);
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

    private void store(SegmentReceiver.Whole whole) {
        WalSegment segment = whole.segment();
        boolean stored = false;
        try {
            pace.room().acquire();
            try {
                var _ = archiver.seal(whole);
            } finally {
                pace.room().release();
            }
            progress.sealed(segment);
            progress.durable(prefix.add(segment.start(), segment.end()));
            stored = true;
        } catch (Throwable fault) {
            failed(fault);
        } finally {
            spools.giveBack(whole.content());
            lock.lock();
            try {
                storing--;
                if (stored && withPieces.remove(segment)) {
                    toClean.add(segment);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void keepPieces(SegmentReceiver receiver) throws InterruptedException {
        while (awaitTurn()) {
            for (Optional<SegmentReceiver.Rest> rest = receiver.rest(); rest.isPresent(); rest = receiver.rest()) {
                keep(receiver, rest.get());
            }
            signal();
            clean();
        }
    }

    /// Waits until it is time for a piece, or sooner where somebody waits for it. False at the end.
    private boolean awaitTurn() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pace.pieceEvery().toNanos();
            while (left > 0 && !hurried && !ending && toClean.isEmpty()) {
                left = changed.awaitNanos(left);
            }
            hurried = false;
            return !ending;
        } finally {
            lock.unlock();
        }
    }

    private void keep(SegmentReceiver receiver, SegmentReceiver.Rest rest) throws InterruptedException {
        WalSegment segment = rest.piece().segment();
        lock.lock();
        try {
            // Before it is written: whoever stores the segment meanwhile must know that there is something to clean.
            withPieces.add(segment);
        } finally {
            lock.unlock();
        }
        pace.room().acquire();
        try {
            archiver.keep(rest.piece(), rest.content().array());
        } finally {
            pace.room().release();
        }
        receiver.kept(rest.piece().to());
        progress.durable(prefix.add(rest.piece().from(), rest.piece().to()));
        if (levels == null || !levels.segment().equals(segment)) {
            levels = new PieceLevels(segment);
        }
        merge(receiver, levels, levels.stored(rest.piece()));
    }

    /// Writes the whole before its parts are deleted, so that at each moment every byte is in the repository.
    private void merge(SegmentReceiver receiver, PieceLevels pieces, Optional<PieceLevels.Merge> first)
            throws InterruptedException {
        for (Optional<PieceLevels.Merge> next = first; next.isPresent(); ) {
            PieceLevels.Merge merge = next.get();
            Optional<ByteBuffer> content = receiver.content(merge.whole());
            if (content.isEmpty()) {
                // The segment is complete, and all of its pieces go.
                return;
            }
            pace.room().acquire();
            try {
                archiver.keep(merge.whole(), content.get().array());
            } finally {
                pace.room().release();
            }
            archiver.drop(merge.parts());
            next = pieces.merged(merge);
        }
    }

    private void clean() {
        while (true) {
            WalSegment segment;
            lock.lock();
            try {
                segment = toClean.poll();
            } finally {
                lock.unlock();
            }
            if (segment == null) {
                return;
            }
            archiver.dropPieces(segment);
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void hurry() {
        lock.lock();
        try {
            hurried = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            while (!receiver.isKept()) {
                throwFailure();
                hurried = true;
                changed.signalAll();
                changed.await();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted(interrupted);
        } finally {
            lock.unlock();
        }
    }

    private void failed(Throwable fault) {
        Throwable earlier;
        lock.lock();
        try {
            earlier = failure;
            if (earlier == null) {
                failure = fault;
            }
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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

    /// Waits for what is being stored; an interrupted thread ends it instead.
    @Override
    public void close() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        threads.close();
    }
}
