package io.walkback.backup.wal;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.repository.LineageRepository;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailWriter;
import io.walkback.tail.WalTails;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tail beside one connection: what comes is written to it as soon as it was found to be WAL, and what the
/// repository has is removed from it every few seconds. Thread-safe.
///
/// Brokers that are away stop neither: the repository gets everything all the same, and PostgreSQL is told of that.
final class ConnectionTail implements SegmentReceiver.Tap, TailWriter.Listener, AutoCloseable {
    /// A part of the WAL is on the in-sync brokers.
    interface Acknowledged {
        void part(Lsn from, Lsn to);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionTail.class);
    private static final Duration TRIM_EVERY = Duration.ofSeconds(10);

    private final WalTails tails;
    private final DatabaseId database;
    private final TimelineId timeline;
    private final Acknowledged acknowledged;
    private final TailTrim trim;
    private final Set<UUID> own;
    private final TailWriter writer;
    private final Thread trimmer;
    private final AtomicBoolean away = new AtomicBoolean();

    /// @param own writers of this attempt; this connection's is added
    ConnectionTail(
            WalTails tails,
            LineageRepository lineage,
            Archiver archiver,
            TimelineId timeline,
            Set<UUID> own,
            Acknowledged acknowledged) {
        this.tails = tails;
        this.database = lineage.lineage().database();
        this.timeline = timeline;
        this.acknowledged = acknowledged;
        this.own = own;
        this.trim = new TailTrim(lineage, archiver);
        this.writer = tails.writer(database, lineage.lineage(), timeline, this);
        own.add(writer.id());
        this.trimmer = Thread.ofVirtual().name("wal-tail-trim-" + database).start(this::trim);
    }

    @Override
    public void inspected(Lsn from, byte[] buffer, int offset, int length) {
        writer.append(from, buffer, offset, length);
    }

    @Override
    public void durable(Lsn from, Lsn to) {
        acknowledged.part(from, to);
        if (away.compareAndSet(true, false)) {
            LOG.atInfo()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("lsn", to)
                    .log("the tail is written again");
        }
    }

    @Override
    public void lost(Lsn from, Lsn to, Exception cause) {
        if (away.compareAndSet(false, true)) {
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("from", from)
                    .addKeyValue("to", to)
                    .log("the brokers do not take the wal tail: wal is durable only when the repository has it");
        }
    }

    private void trim() {
        try {
            while (true) {
                // Nobody waits for it: what is trimmed later costs the brokers' disk until then.
                Thread.sleep(TRIM_EVERY);
                trimOnce();
            }
        } catch (InterruptedException _) {
            LOG.atDebug().addKeyValue("databaseId", database).log("trimming of the tail ends");
        }
    }

    private void trimOnce() throws InterruptedException {
        try {
            Optional<TailLog> found = tails.find(database);
            if (found.isPresent()) {
                try (TailLog log = found.get()) {
                    var _ = trim.run(log, timeline, own);
                }
            }
        } catch (PlatformException later) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.atWarn()
                    .setCause(later)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", later.code())
                    .log("the tail was not trimmed, tried again");
        }
    }

    @Override
    public void close() {
        trimmer.interrupt();
        writer.close();
    }
}
