package io.walkback.restore.fetch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs tasks on virtual threads, a bounded number at once. The first failure stops the others and is thrown by the
/// owner's next call; whichever way the owner leaves, nothing is left running. Used by one thread.
final class BoundedScope implements AutoCloseable {
    private final int limit;
    private final Semaphore free;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BoundedScope(int limit) {
        this.limit = limit;
        this.free = new Semaphore(limit);
    }

    /// Waits until fewer than the limit run, then starts the task.
    void fork(Runnable task) throws InterruptedException {
        free.acquire();
        try {
            check();
        } catch (RuntimeException | Error failed) {
            free.release();
            throw failed;
        }
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error failed) {
                failure.compareAndSet(null, failed);
            } finally {
                running.remove(Thread.currentThread());
                free.release();
            }
        });
        running.add(thread);
        thread.start();
    }

    /// Waits for all tasks.
    void join() throws InterruptedException {
        free.acquire(limit);
        free.release(limit);
        check();
    }

    private void check() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException fault -> throw fault;
            case Error fault -> throw fault;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    @Override
    public void close() {
        failure.compareAndSet(null, new IllegalStateException("the scope is closed"));
        running.forEach(Thread::interrupt);
        free.acquireUninterruptibly(limit);
    }
}
