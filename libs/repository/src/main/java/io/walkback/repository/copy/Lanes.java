package io.walkback.repository.copy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.RetryableException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A fixed number of threads and as many steps under way; handing over one more waits for one to end. Used by one
/// thread.
final class Lanes implements AutoCloseable {
    private final int width;
    private final ExecutorService threads;
    private final ExecutorCompletionService<Void> steps;
    private int running;

    Lanes(int width) {
        this.width = width;
        this.threads = Executors.newFixedThreadPool(
                width, Thread.ofPlatform().daemon().name("walkback-copy-", 0).factory());
        this.steps = new ExecutorCompletionService<>(threads);
    }

    /// Throws what an earlier step threw.
    void submit(Runnable step) {
        if (running == width) {
            takeOne();
        }
        steps.submit(step, null);
        running++;
    }

    /// Waits until every step has ended, and throws the first failure after that.
    void drain() {
        RuntimeException failure = null;
        while (running > 0) {
            try {
                takeOne();
            } catch (RuntimeException failed) {
                failure = failure == null ? failed : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void takeOne() {
        try {
            running--;
            steps.take().get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("a step of a copy failed", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RetryableException(
                    FailureCode.CANCELLED, "the copy was interrupted", "Run it again; it goes on where it was.");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
