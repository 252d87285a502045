package io.walkback.repository.backup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Extensions of locks, several at once: two requests for each object, which one after the other would take hours
/// for 10 TB. Holds some 100 bytes for each until all are done.
final class Extensions implements AutoCloseable {
    /// What was written for a backup lately is locked already; its lock may end this much before the manifest's,
    /// which saves a request for each object of a backup that does not run longer.
    static final Duration SLACK = Duration.ofHours(1);

    private static final int AT_ONCE = 16;

    private final ExecutorService threads =
            Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());
    private final List<Future<?>> running = new ArrayList<>();

    void add(Runnable extension) {
        running.add(threads.submit(extension));
    }

    /// Waits for all of them; the first failure ends them.
    void finish() {
        running.forEach(Outcomes::get);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
