package io.walkback.backup.copy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.inventory.Databases;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.repository.copy.ContinuousCopy;
import io.walkback.repository.copy.CopyReport;
import io.walkback.repository.verify.Finding;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies what is new of the databases whose policies want that, a round every [#PAUSE], on a thread of its own,
/// and tells which backups have arrived. Gauge `walkback_copy_lag_seconds{db}`: how long ago the copy had
/// everything. A round that fails is told in the log and by the gauge, and the next one tries again.
public final class CopyRounds implements AutoCloseable {
    static final Duration PAUSE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(CopyRounds.class);

    private final ContinuousCopy copy;
    private final Databases databases;
    private final Arrivals arrivals;
    private final MeterRegistry meters;
    private final Consumer<Throwable> onFatal;
    private final Map<DatabaseId, Gauge> gauges = new HashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /// @param copy      closed with this
    /// @param databases whose policies want a copy; nothing is copied before they are known
    /// @param arrivals  told what a round has brought
    /// @param onFatal   told of a fault that no store explains; nothing is copied after that
    public CopyRounds(
            ContinuousCopy copy,
            Databases databases,
            Arrivals arrivals,
            MeterRegistry meters,
            Consumer<Throwable> onFatal) {
        this.copy = copy;
        this.databases = databases;
        this.arrivals = arrivals;
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
        if (!databases.isReady()) {
            return;
        }
        try {
            List<DatabaseId> wanted =
                    copy.databases().stream().filter(this::isWanted).toList();
            measure(wanted);
            for (DatabaseId database : wanted) {
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

    private boolean isWanted(DatabaseId database) {
        return databases
                .find(database)
                .filter(registration -> registration.policy().wantsCopy())
                .isPresent();
    }

    /// A database that nobody wants copied any more has no lag.
    private void measure(List<DatabaseId> wanted) {
        gauges.entrySet().removeIf(each -> {
            boolean over = !wanted.contains(each.getKey());
            if (over) {
                meters.remove(each.getValue());
            }
            return over;
        });
        wanted.forEach(database -> gauges.computeIfAbsent(database, _ -> Gauge.builder(
                        "walkback.copy.lag", copy, each -> each.lag(database).toMillis() / 1e3)
                .baseUnit("seconds")
                .tag("db", database.value())
                .description("how long ago the second repository had everything of the first")
                .register(meters)));
    }

    /// A round that the end of the process interrupts fails like any other; the next process goes on.
    private void round(DatabaseId database) {
        try {
            Set<BackupId> awaited = arrivals.awaited(database);
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
            awaited.stream().filter(copy.backups(database)::contains).forEach(each -> arrivals.arrived(database, each));
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
