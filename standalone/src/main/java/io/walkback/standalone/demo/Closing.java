package io.walkback.standalone.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// What has to be ended, youngest first. Thread-safe: the end of the process may come in the midst of a step, and
/// then whatever is added later is ended at once.
final class Closing {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Consumer<String> progress;
    private boolean closed;

    /// @param progress told what could not be ended
    Closing(Consumer<String> progress) {
        this.progress = progress;
    }

    /// Remembers `part` and returns it.
    <T extends AutoCloseable> T add(T part) {
        synchronized (this) {
            if (!closed) {
                open.push(part);
                return part;
            }
        }
        close(part);
        throw new IllegalStateException("the demo is ending");
    }

    /// Ends everything. What fails is told, and the rest is ended all the same. A second call waits for the first.
    ///
    /// @return whether all of it ended without a fault
    synchronized boolean closeAll() {
        closed = true;
        boolean clean = true;
        while (!open.isEmpty()) {
            clean &= close(open.pop());
        }
        return clean;
    }

    private boolean close(AutoCloseable part) {
        try {
            part.close();
            return true;
        } catch (Exception fault) {
            progress.accept("could not end " + part + ": " + fault);
        }
        return false;
    }
}
