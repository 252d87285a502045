package io.walkback.scheduler.projection;

import io.walkback.domain.RetryableException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The projecting thread. What a broker or the group does to it makes it begin anew, with a new consumer and a new
/// producer; what the log itself does to it, a record that cannot be read or is missing, goes to `onFatal`.
public final class Projector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final Duration REST = Duration.ofSeconds(1);

    private final Supplier<? extends Session> sessions;
    private final Consumer<Throwable> onFatal;
    private final Thread thread;
    private volatile boolean closing;

    private Projector(String name, Supplier<? extends Session> sessions, Consumer<Throwable> onFatal) {
        this.sessions = sessions;
        this.onFatal = onFatal;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /// Projects the operation log.
    public static Projector of(ProjectorFactory sessions, Consumer<Throwable> onFatal) {
        return new Projector("projector", sessions, onFatal);
    }

    /// Projects facts about WAL.
    public static Projector of(WindowFactory sessions, Consumer<Throwable> onFatal) {
        return new Projector("window-projector", sessions, onFatal);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closing) {
                session();
            }
        } catch (Throwable fault) {
            if (closing) {
                LOG.atDebug().setCause(fault).log("projector ended while closing");
            } else {
                onFatal.accept(fault);
            }
        }
    }

    private void session() {
        try (Session session = sessions.get()) {
            while (!closing) {
                session.step();
            }
        } catch (RecordDeserializationException unreadable) {
            // Only a registry that is away makes a record unreadable for now (F12).
            if (!(unreadable.getCause() instanceof RetryableException)) {
                throw unreadable;
            }
            rest(unreadable);
        } catch (KafkaException | RetryableException fault) {
            rest(fault);
        }
    }

    private void rest(RuntimeException fault) {
        if (!closing) {
            LOG.atWarn().setCause(fault).log("projection interrupted, begun anew from the last committed batch");
            LockSupport.parkNanos(REST.toNanos());
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            if (!thread.join(Duration.ofSeconds(10))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
