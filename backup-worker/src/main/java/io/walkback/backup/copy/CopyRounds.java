package io.walkback.backup.copy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.repository.copy.ContinuousCopy;
import io.walkback.repository.copy.CopyReport;
import io.walkback.repository.verify.Finding;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies what is new in the repository, a round every [#PAUSE], on a thread of its own. Gauge
/// `walkback_copy_lag_seconds{db}`: how long ago the copy had everything. A round that fails is told in the log and
/// by the gauge, and the next one tries again.
public final class CopyRounds implements AutoCloseable {
    static final Duration PAUSE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(CopyRounds.class);

    private final ContinuousCopy copy;
    private final MeterRegistry meters;
    private final Consumer<Throwable> onFatal;
    private final Set<DatabaseId> measured = new HashSet<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /// @param copy    closed with this
    /// @param onFatal told of a fault that no store explains; nothing is copied after that
    public CopyRounds(ContinuousCopy copy, MeterRegistry meters, Consumer<Throwable> onFatal) {
        this.copy = copy;
        this.meters = meters;
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().daemon().name("repository-copy").unstarted(this::run);
    }

    /// Begins the first round.
    public CopyRounds start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            do {
                round();
            } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            LOG.atDebug().log("copying ends");
        } catch (Throwable fault) {
            if (closing.getCount() > 0) {
                LOG.atError().setCause(fault).log("copying stopped");
                onFatal.accept(fault);
            }
        }
    }

    void round() {
        try {
            for (DatabaseId database : copy.databases()) {
                if (measured.add(database)) {
                    Gauge.builder(
                                    "walkback.copy.lag",
                                    copy,
                                    each -> each.lag(database).toMillis() / 1e3)
                            .baseUnit("seconds")
                            .tag("db", database.value())
                            .description("how long ago the second repository had everything of the first")
                            .register(meters);
                }
                if (closing.getCount() > 0) {
                    round(database);
                }
            }
        } catch (PlatformException fault) {
            LOG.atError()
                    .addKeyValue("failureCode", fault.code())
                    .setCause(fault)
                    .log("databases to copy cannot be listed");
        }
    }

    /// A round that the end of the process interrupts fails like any other; the next process goes on.
    private void round(DatabaseId database) {
        try {
            CopyReport report = copy.round(database);
            for (Finding finding : report.findings()) {
                LOG.atError()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("object", finding.key())
                        .addKeyValue("finding", finding.type())
                        .log("backup is not whole and was not copied");
            }
            if (report.copied() > 0) {
                LOG.atInfo()
                        .addKeyValue("databaseId", database)
                        .addKeyValue("objects", report.copied())
                        .addKeyValue("bytes", report.bytes())
                        .log("copied");
            }
        } catch (PlatformException fault) {
            LOG.atError()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", fault.code())
                    .addKeyValue("lagSeconds", copy.lag(database).toSeconds())
                    .setCause(fault)
                    .log("database not copied, tried again later");
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        copy.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
