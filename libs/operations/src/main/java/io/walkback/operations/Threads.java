package io.walkback.operations;

import java.time.Duration;

/// Ends threads of this package.
final class Threads {
    private Threads() {}

    /// Waits for the end of `thread`, which has been told, for half of `grace`; then interrupts it and waits once
    /// more. A Kafka client that is closed by an interrupted thread says goodbye to nobody, hence the patience. An
    /// interrupt of the caller is kept, and cuts the wait short.
    static void end(Thread thread, Duration grace) {
        try {
            if (!thread.join(grace.dividedBy(2))) {
                thread.interrupt();
                thread.join(grace);
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
