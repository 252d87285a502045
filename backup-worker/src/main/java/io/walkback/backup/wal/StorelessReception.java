package io.walkback.backup.wal;

import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.TimelineHistory;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.operations.Attempt;
import io.walkback.postgres.connection.ServerFacts;
import io.walkback.postgres.connection.SlotStatus;
import io.walkback.postgres.replication.ReplicationConnection;
import io.walkback.postgres.replication.SystemIdentity;
import io.walkback.postgres.replication.WalStreamEnd;
import io.walkback.postgres.wal.WalSource;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of reception while the store is away: what comes is checked and goes into the tail, and nowhere
/// else, so that commits go on as long as the brokers take it. It begins where the slot does and needs neither
/// spool nor store. For one attempt and one thread.
///
/// Meanwhile the tail is brought into the repository again and again; once that was possible the connection ends,
/// and the next one goes on as usual, with little left to bring over. What the brokers do not take ends it too: the
/// next one begins before that, and nothing behind a hole is told to be durable.
final class StorelessReception {
    private static final Logger LOG = LoggerFactory.getLogger(StorelessReception.class);
    private static final Duration FIRST_LOOK = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private final ServerAccess servers;
    private final Clock clock;
    private final Attempt attempt;
    private final DatabaseRegistration registration;
    private final AttemptTail tail;
    private final AttemptTail.Storeless known;
    private final Exposures exposure;
    private volatile boolean storeIsBack;
    private boolean streamed;

    StorelessReception(
            ServerAccess servers,
            Clock clock,
            Attempt attempt,
            DatabaseRegistration registration,
            AttemptTail tail,
            AttemptTail.Storeless known,
            Exposures exposure) {
        this.servers = servers;
        this.clock = clock;
        this.attempt = attempt;
        this.registration = registration;
        this.tail = tail;
        this.known = known;
        this.exposure = exposure;
    }

    /// Whether it ever received something.
    boolean streamed() {
        return streamed;
    }

    /// Whether the repository has what the tail had.
    boolean storeIsBack() {
        return storeIsBack;
    }

    /// Receives until something ends it, and never returns well.
    RetryableException run() {
        tail.requireChecked(registration);
        ServerFacts server = servers.facts(registration);
        Clusters.requireRegistered(registration, server.systemIdentifier());
        SlotStatus slot = new SlotTakeover(servers)
                .take(attempt, registration)
                .filter(found -> !found.lost())
                .orElseThrow(() -> unsuitable("its slot is gone"));
        Lsn begin = slot.restart();
        if (begin == null || !server.systemIdentifier().equals(known.lineage().system())) {
            throw unsuitable("it is another one than before");
        }
        try (ReplicationConnection connection = servers.replication(registration, WalReception.TAIL_NAME)) {
            SystemIdentity identity = connection.identifySystem();
            if (!identity.timeline().equals(known.timeline())) {
                // The history of a timeline is stored before anything of it (pitfall 4).
                throw unsuitable("it is on timeline " + identity.timeline());
            }
            TimelineHistory history = Timelines.known(connection, identity.timeline());
            exposure.now().connected(begin, identity.flushed(), System.nanoTime());
            return receive(connection, server, history, Frontier.at(history, begin, server.walSegmentSize()));
        }
    }

    private RetryableException receive(
            ReplicationConnection connection, ServerFacts server, TimelineHistory newest, Frontier from) {
        WalSource source = new WalSource(
                server.major(),
                known.lineage().system(),
                Timelines.upTo(newest, from.timeline()),
                server.walSegmentSize());
        TailStream stream = new TailStream(
                connection.walStream(registration.id().slotName(), from.next(), from.timeline(), clock),
                source,
                from.next(),
                new Told(from.next()));
        LOG.atWarn()
                .addKeyValue("databaseId", registration.id())
                .addKeyValue("lsn", from.next())
                .log("the store is away: wal goes into the tail alone");
        Thread drainer =
                Thread.ofVirtual().name("wal-tail-drain-" + registration.id()).start(() -> drainUntilDone(stream));
        try {
            return why(stream.run(
                    listener -> known.tails().writer(registration.id(), known.lineage(), from.timeline(), listener)));
        } finally {
            streamed = stream.streamed();
            drainer.interrupt();
            join(drainer);
        }
    }

    private RetryableException why(WalStreamEnd end) {
        return storeIsBack
                ? new RetryableException(
                        FailureCode.STORE_UNAVAILABLE,
                        "the store is back, and what only the tail had is in the repository",
                        "Reception goes on as usual.")
                : new RetryableException(
                        FailureCode.POSTGRES_UNREACHABLE,
                        "the server at " + servers.address(registration) + " ended the stream: " + end,
                        "Reception goes on when it is back.");
    }

    /// It uses the spools, and so must be over before the next connection begins.
    private static void join(Thread drainer) {
        boolean interrupted = false;
        while (drainer.isAlive()) {
            try {
                drainer.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void drainUntilDone(TailStream stream) {
        try {
            for (Duration pause = FIRST_LOOK; ; pause = longer(pause)) {
                // The store tells nobody that it is back.
                Thread.sleep(pause);
                if (isDrained()) {
                    storeIsBack = true;
                    stream.stop();
                    return;
                }
            }
        } catch (InterruptedException _) {
            LOG.atDebug().addKeyValue("databaseId", registration.id()).log("draining of the tail ends");
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private boolean isDrained() throws InterruptedException {
        try {
            return tail.drainAgain(registration, known.lineage().system()).isEmpty();
        } catch (PlatformException later) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.atWarn()
                    .setCause(later)
                    .addKeyValue("databaseId", registration.id())
                    .addKeyValue("failureCode", later.code())
                    .log("the tail cannot be brought into the repository yet");
            return false;
        } catch (RuntimeException fault) {
            // Without this thread the store would never be used again, and nobody would hear of it.
            LOG.atError()
                    .setCause(fault)
                    .addKeyValue("databaseId", registration.id())
                    .log("the tail was not brought into the repository, tried again");
            return false;
        }
    }

    private RetryableException unsuitable(String why) {
        return new RetryableException(
                FailureCode.STORE_UNAVAILABLE,
                "the store is away, and wal of the server at " + servers.address(registration)
                        + " cannot be received without it: " + why,
                "Reception goes on when the store is back. Commits that wait for it wait until then.");
    }

    private final class Told implements TailStream.Owner {
        private final Lsn begin;

        Told(Lsn begin) {
            this.begin = begin;
        }

        @Override
        public void durable(Lsn end) {
            exposure.now().durable(end);
        }

        @Override
        public void heard(Lsn end, Lsn received) {
            exposure.now().heard(end, System.nanoTime());
            attempt.progress("receiving into the tail alone", received.minus(begin), null, end);
        }

        @Override
        public RetryableException notTaken(Lsn from, @Nullable Exception cause) {
            return new RetryableException(
                    FailureCode.BROKER_UNAVAILABLE,
                    "neither the store nor the brokers of the tail take wal from " + from + " on",
                    "Commits that wait for it wait until one of them is back.",
                    cause);
        }
    }
}
