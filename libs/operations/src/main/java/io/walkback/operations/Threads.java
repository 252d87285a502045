package io.walkback.operations;

import java.time.Duration;

/// Ends threads of this package.
final class Threads {
    private Threads() {}

    /// Interrupts `thread` and waits for its end, `grace` at most. An interrupt of the caller is kept, and cuts the
    /// wait short.
    static void end(Thread thread, Duration grace) {
        thread.interrupt();
        try {
            thread.join(grace);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
