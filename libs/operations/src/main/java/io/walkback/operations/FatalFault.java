package io.walkback.operations;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the process when a part fails without which nothing works: one that looks alive and does nothing is worse
/// than one that is started again. The first fault counts.
public final class FatalFault implements Consumer<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(FatalFault.class);

    private final AtomicBoolean ending = new AtomicBoolean();
    private final Runnable end;

    /// @param end ends the process with another code than 0; called once, on a thread of its own
    public FatalFault(Runnable end) {
        this.end = end;
    }

    /// Whether something has failed for good.
    public boolean happened() {
        return ending.get();
    }

    @Override
    public void accept(Throwable fault) {
        if (ending.compareAndSet(false, true)) {
            LOG.atError().setCause(fault).log("this process cannot go on and ends");
            // Not on this thread: the end waits for it.
            Thread.ofPlatform().name("fatal-fault").start(end);
        }
    }
}
