package io.walkback.backup;

import io.walkback.domain.PlatformException;
import io.walkback.repository.blob.BlobStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what writers left in the repository that died before they committed: at the start and once a day. No
/// listing shows it, and a bucket's owner pays for it (pitfall 64).
///
/// Every worker does it; what one has removed another does not find. A sweep that fails harms nothing and is tried
/// a day later.
final class LeftoverSweep implements AutoCloseable {
    /// A manifest is written as long as its backup runs; none runs a week.
    static final Duration AGE = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSweep.class);
    private static final Duration EVERY = Duration.ofDays(1);

    private final BlobStore store;
    private final Clock clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("leftover-sweep").factory());

    LeftoverSweep(BlobStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Sweeps now and daily, in the background.
    LeftoverSweep start() {
        ScheduledFuture<?> _ = thread.scheduleWithFixedDelay(this::sweep, 0, EVERY.toHours(), TimeUnit.HOURS);
        return this;
    }

    void sweep() {
        try {
            int swept = store.sweepLeftovers(clock.instant().minus(AGE));
            if (swept > 0) {
                LOG.atInfo().addKeyValue("count", swept).log("leftovers of dead writers removed");
            }
        } catch (PlatformException failed) {
            LOG.atWarn()
                    .addKeyValue("failureCode", failed.code())
                    .setCause(failed)
                    .log("leftovers of dead writers stay until tomorrow");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
