package io.walkback.backup.wal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The files that segments of one database lie in until the repository has them: one is filled while others are
/// stored. Where all are taken, whoever receives waits, and so does the server. Thread-safe.
final class Spools implements AutoCloseable {
    /// One is filled, and others wait for their store: for its disk to sync, or for its network.
    static final int FILES = 5;

    private final List<SegmentSpool> all = new ArrayList<>();
    private final BlockingQueue<SegmentSpool> free = new ArrayBlockingQueue<>(FILES);

    /// @param file the name of each, followed by its number
    Spools(Path file) {
        for (int i = 1; i <= FILES; i++) {
            SegmentSpool spool = new SegmentSpool(file.resolveSibling(file.getFileName() + "." + i));
            all.add(spool);
            free.add(spool);
        }
    }

    /// An empty one.
    SegmentSpool take() throws InterruptedException {
        return cleared(free.take());
    }

    /// One that cannot be used now may be later: it is not lost.
    private SegmentSpool cleared(SegmentSpool spool) {
        boolean cleared = false;
        try {
            spool.clear();
            cleared = true;
            return spool;
        } finally {
            if (!cleared) {
                free.add(spool);
            }
        }
    }

    /// An empty one; null where none is free in time.
    @Nullable
    SegmentSpool take(Duration patience) throws InterruptedException {
        SegmentSpool spool = free.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        return spool == null ? null : cleared(spool);
    }

    void giveBack(SegmentSpool spool) {
        free.add(spool);
    }

    @Override
    public void close() {
        all.forEach(SegmentSpool::close);
    }
}
