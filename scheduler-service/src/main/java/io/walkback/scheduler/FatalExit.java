package io.walkback.scheduler;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the process with status 1 when a part of it can no longer work: in good order where that takes at most ten
/// seconds, at once otherwise.
final class FatalExit implements Consumer<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(FatalExit.class);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final AtomicBoolean ending = new AtomicBoolean();

    @Override
    public void accept(Throwable fault) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        LOG.atError().setCause(fault).log("this process can no longer do its work and ends");
        Thread orderly = Thread.ofPlatform().daemon().name("fatal-exit").start(() -> System.exit(1));
        Thread.ofPlatform().daemon().name("fatal-halt").start(() -> {
            try {
                orderly.join(GRACE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
    }
}
