package io.walkback.backup.wal;

import io.walkback.domain.WalSegment;
import io.walkback.repository.wal.WalPiece;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what there is of an unfinished segment in pieces, every few seconds, and deletes them when the whole of
/// it, or a larger piece with all of their bytes ([PieceLevels]), is stored. One thread does both in [#run], so
/// that no piece is written after its segment was cleaned. Otherwise thread-safe.
final class PieceKeeping {
    private final Archiver archiver;
    private final Keeping.Pace pace;
    private final Consumer<WalPiece> durable;
    /// Of the newest segment of which a piece was written; only for the thread that writes them.
    private @Nullable PieceLevels levels;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// Guarded by the lock, as is all that follows.
    private final Set<WalSegment> withPieces = new HashSet<>();

    private final Deque<WalSegment> toClean = new ArrayDeque<>();
    private boolean hurried;
    private boolean ending;

    /// @param start   an earlier connection may have left pieces of it
    /// @param durable told of each piece that is stored
    PieceKeeping(Archiver archiver, Keeping.Pace pace, WalSegment start, Consumer<WalPiece> durable) {
        this.archiver = archiver;
        this.pace = pace;
        this.durable = durable;
        withPieces.add(start);
    }

    /// Keeps pieces of what `receiver` has until the end.
    void run(SegmentReceiver receiver) throws InterruptedException {
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
        put(rest.piece(), rest.content().array());
        receiver.kept(rest.piece().to());
        durable.accept(rest.piece());
        if (levels == null || !levels.segment().equals(segment)) {
            levels = new PieceLevels(segment);
        }
        merge(receiver, levels, levels.stored(rest.piece()));
    }

    private void put(WalPiece piece, byte[] content) throws InterruptedException {
        pace.room().acquire();
        try {
            archiver.keep(piece, content);
        } finally {
            pace.room().release();
        }
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
            put(merge.whole(), content.get().array());
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

    /// A whole segment is stored: its pieces go.
    void sealed(WalSegment segment) {
        lock.lock();
        try {
            if (withPieces.remove(segment)) {
                toClean.add(segment);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Somebody waits for the next piece.
    void hurry() {
        lock.lock();
        try {
            hurried = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything that `receiver` has is kept, or until the [#end].
    void awaitKept(SegmentReceiver receiver) throws InterruptedException {
        lock.lock();
        try {
            while (!ending && !receiver.isKept()) {
                hurried = true;
                changed.signalAll();
                changed.await();
            }
        } finally {
            lock.unlock();
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

    /// No piece is begun any more.
    void end() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
