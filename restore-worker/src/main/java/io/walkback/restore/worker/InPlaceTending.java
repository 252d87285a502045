package io.walkback.restore.worker;

import io.walkback.domain.PlatformException;
import io.walkback.restore.inplace.InPlaceHost;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after the restores in place of this host: once before the worker takes any work, so that a database whose
/// restore was cut off is back before anything else is done, and then every hour.
final class InPlaceTending implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InPlaceTending.class);
    private static final Duration EVERY = Duration.ofHours(1);

    private final InPlaceHost host;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("in-place-tending").factory());

    InPlaceTending(InPlaceHost host) {
        this.host = host;
    }

    InPlaceTending start() {
        tend();
        ScheduledFuture<?> _ =
                thread.scheduleWithFixedDelay(this::tend, EVERY.toMinutes(), EVERY.toMinutes(), TimeUnit.MINUTES);
        return this;
    }

    private void tend() {
        try {
            host.tend().forEach(undone -> LOG.atError()
                    .addKeyValue("what", undone)
                    .log("a restore in place was cut off, and was undone"));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (PlatformException failed) {
            LOG.atError()
                    .addKeyValue("failureCode", failed.code())
                    .setCause(failed)
                    .log("restores in place could not be looked after");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
