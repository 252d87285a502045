package io.walkback.backup.wal;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.repository.layout.Lineage;
import io.walkback.tail.TailLog;
import io.walkback.tail.TailTopics;
import io.walkback.tail.TailWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tail beside one connection: what comes is written to it as soon as it was found to be WAL, and what the
/// repository has is removed from it every few seconds. Thread-safe.
///
/// Brokers that are away stop neither: the repository gets everything all the same, and PostgreSQL is told of that.
/// Where they were away when the connection began, nothing is written before the topic was found to be as it must
/// be; one that is not ends the connection.
final class ConnectionTail implements SegmentReceiver.Tap, TailWriter.Listener, AutoCloseable {
    /// A part of the WAL is on the in-sync brokers.
    interface Acknowledged {
        void part(Lsn from, Lsn to);
    }

    /// What is told of bytes that the tail does not get.
    ///
    /// @param commitsWait how long a commit may wait instead: until the repository has the next piece
    /// @param bytes       how many
    record LeftOut(Duration commitsWait, LongConsumer bytes) {}

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionTail.class);
    private static final Duration TRIM_EVERY = Duration.ofSeconds(10);
    /// A server that is a little faster than the brokers leaves bytes out again and again.
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private static final Duration OPEN_EVERY = Duration.ofSeconds(2);

    private final TailTopics tails;
    private final Lineage lineage;
    private final DatabaseId database;
    private final TimelineId timeline;
    private final DurablePrefix sealed;
    private final Acknowledged acknowledged;
    private final LeftOut leftOut;
    private final TailTrim trim;
    private final Thread tender;
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - TELL_EVERY.toNanos());
    private final AtomicReference<@Nullable PlatformException> refused = new AtomicReference<>();
    private final Object opening = new Object();
    /// Guarded by that.
    private boolean closed;

    private volatile @Nullable TailWriter writer;

    /// @param sealed  as [TailTrim.Own] has it
    /// @param checked the topic was found to be as it must be
    ConnectionTail(
            TailTopics tails,
            Lineage lineage,
            TailDrain.Archivers archivers,
            TimelineId timeline,
            DurablePrefix sealed,
            Acknowledged acknowledged,
            LeftOut leftOut,
            boolean checked) {
        this.tails = tails;
        this.lineage = lineage;
        this.database = lineage.database();
        this.timeline = timeline;
        this.sealed = sealed;
        this.acknowledged = acknowledged;
        this.leftOut = leftOut;
        this.trim = new TailTrim(archivers);
        if (checked) {
            try {
                writer = tails.writer(database, lineage, timeline, this);
            } catch (PlatformException later) {
                notWritten(later);
            }
        }
        this.tender = Thread.ofVirtual().name("wal-tail-" + database).start(this::tend);
    }

    /// Whether the brokers take what comes.
    boolean isWritten() {
        return writer != null && !away.get();
    }

    /// Throws what is wrong with the topic where that was found out meanwhile.
    @Override
    public void inspected(Lsn from, byte[] buffer, int offset, int length) {
        PlatformException wrong = refused.get();
        if (wrong != null) {
            throw wrong;
        }
        TailWriter there = writer;
        if (there == null || !there.append(from, buffer, offset, length)) {
            leftOut.bytes().accept(length);
            tellLeftOut(from, null);
        }
    }

    @Override
    public void durable(Lsn from, Lsn to) {
        acknowledged.part(from, to);
        if (away.compareAndSet(true, false) && told.compareAndSet(true, false)) {
            LOG.atInfo()
                    .addKeyValue("databaseId", database)
                    .addKeyValue("lsn", to)
                    .log("the tail is written again");
        }
    }

    @Override
    public void lost(Lsn from, Lsn to, Exception cause) {
        leftOut.bytes().accept(to.minus(from));
        tellLeftOut(from, cause);
    }

    private void tellLeftOut(Lsn from, @Nullable Exception cause) {
        long now = System.nanoTime();
        long before = toldAt.get();
        if (away.compareAndSet(false, true)
                && now - before >= TELL_EVERY.toNanos()
                && toldAt.compareAndSet(before, now)) {
            told.set(true);
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("from", from)
                    .addKeyValue("commitsWaitMs", leftOut.commitsWait().toMillis())
                    .log("the brokers do not take the wal tail: a commit that waits for it waits until the repository"
                            + " has its wal, for commitsWaitMs and the time to store it");
        }
    }

    private void tend() {
        try {
            while (true) {
                // Nobody waits for it: what is trimmed later costs the brokers' disk until then.
                Thread.sleep(writer == null ? OPEN_EVERY : TRIM_EVERY);
                tendOnce();
            }
        } catch (InterruptedException _) {
            LOG.atDebug().addKeyValue("databaseId", database).log("tending of the tail ends");
        }
    }

    private void tendOnce() throws InterruptedException {
        try {
            TailWriter there = writer;
            if (there != null && there.isOver()) {
                // Its thread has ended by a fault of ours, which is in the log.
                there.close();
                there = null;
            }
            if (there == null) {
                open();
            } else {
                trim(there);
            }
        } catch (PlatformException later) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            notWritten(later);
        } catch (RuntimeException fault) {
            // Without this thread the topic would grow for ever, and nobody would hear of it.
            LOG.atError().setCause(fault).addKeyValue("databaseId", database).log("the tail was not tended");
        }
    }

    private void open() {
        tails.ensure(database);
        TailWriter made = tails.writer(database, lineage, timeline, this);
        synchronized (opening) {
            if (!closed) {
                writer = made;
                return;
            }
        }
        made.close();
    }

    private void trim(TailWriter there) {
        Optional<TailLog> found = tails.find(database);
        if (found.isPresent()) {
            try (TailLog log = found.get()) {
                var _ = trim.run(log, new TailTrim.Own(lineage.system(), timeline, there.id(), sealed.end()));
            }
        }
    }

    private void notWritten(PlatformException fault) {
        if (writer == null && fault.code() == FailureCode.TOPIC_MISCONFIGURED) {
            refused.set(fault);
        }
        LOG.atWarn()
                .setCause(fault)
                .addKeyValue("databaseId", database)
                .addKeyValue("failureCode", fault.code())
                .log(
                        writer == null
                                ? "the tail cannot be written, tried again"
                                : "the tail was not trimmed, tried again");
    }

    @Override
    public void close() {
        synchronized (opening) {
            closed = true;
        }
        tender.interrupt();
        TailWriter there = writer;
        if (there != null) {
            there.close();
        }
    }
}
