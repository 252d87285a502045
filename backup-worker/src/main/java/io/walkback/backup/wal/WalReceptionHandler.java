package io.walkback.backup.wal;

import io.micrometer.core.instrument.MeterRegistry;
import io.walkback.backup.event.Announcements;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.backup.server.ServerAccess;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.operation.Operation;
import io.walkback.domain.operation.OperationKind;
import io.walkback.domain.operation.Resource;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.LiveOperations;
import io.walkback.tail.WalTails;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does operations of kind `WAL_RECEPTION`: for as long as the attempt is held, through restarts of the server.
/// Thread-safe.
public final class WalReceptionHandler implements AttemptHandler, CompanionHandler.First {
    private static final Logger LOG = LoggerFactory.getLogger(WalReceptionHandler.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    /// A server that is back must not wait longer than this for its receiver.
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration PIECE_EVERY = Duration.ofSeconds(5);
    /// More than there may be processors: most of the time of a put is the disk's or the network's.
    private static final int STORED_AT_ONCE = 4;
    private static final Duration SWITCH_LOOK = Duration.ofSeconds(2);

    private final Databases databases;
    private final ServerAccess servers;
    private final Clusters clusters;
    private final Announcements announcements;
    private final LiveOperations live;
    private final Clock clock;
    private final MeterRegistry registry;
    private final Path spools;
    private final int slots;
    private final @Nullable WalTails tails;
    private final Duration switchPatience;
    private final Keeping.Pace pace;
    /// What this process holds, and whether it has streamed since it does.
    private final Map<DatabaseId, Boolean> held = new ConcurrentHashMap<>();

    /// @param spools a directory for five segments per database; can be lost
    /// @param slots  databases whose WAL is received here at once; each takes one walsender of its server, a spool
    ///               of five segments and some MiB of memory
    /// @param tails  for databases whose policies want their WAL on the brokers as well
    public WalReceptionHandler(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            LiveOperations live,
            Clock clock,
            MeterRegistry registry,
            Path spools,
            int slots,
            WalTails tails) {
        this(
                databases,
                servers,
                clusters,
                announcements,
                live,
                clock,
                registry,
                spools,
                slots,
                tails,
                SegmentSwitch.PATIENCE,
                PIECE_EVERY);
    }

    WalReceptionHandler(
            Databases databases,
            ServerAccess servers,
            Clusters clusters,
            Announcements announcements,
            LiveOperations live,
            Clock clock,
            MeterRegistry registry,
            Path spools,
            int slots,
            @Nullable WalTails tails,
            Duration switchPatience,
            Duration pieceEvery) {
        this.databases = databases;
        this.servers = servers;
        this.clusters = clusters;
        this.announcements = announcements;
        this.live = live;
        this.clock = clock;
        this.registry = registry;
        this.spools = spools;
        this.slots = slots;
        this.tails = tails;
        this.switchPatience = switchPatience;
        this.pace = new Keeping.Pace(
                new Semaphore(Math.max(STORED_AT_ONCE, Runtime.getRuntime().availableProcessors())), pieceEvery);
    }

    @Override
    public boolean holds(DatabaseId database) {
        return held.containsKey(database);
    }

    @Override
    public boolean streams(DatabaseId database) {
        return held.getOrDefault(database, false);
    }

    @Override
    public OperationKind kind() {
        return OperationKind.WAL_RECEPTION;
    }

    @Override
    public int slots() {
        return slots;
    }

    @Override
    public boolean canDo(Operation operation) {
        return databases.isReady();
    }

    @Override
    public Needs needs(Operation operation) {
        return new Needs(Set.of(Resource.wal(operation.database())), Set.of());
    }

    @Override
    public Result run(Attempt attempt) throws InterruptedException {
        DatabaseId database = attempt.operation().database();
        held.put(database, false);
        Exposures exposure = new Exposures(System.nanoTime());
        AtomicReference<@Nullable WalReception> current = new AtomicReference<>();
        Thread switcher = Thread.ofVirtual().name("segment-switch-" + database).start(() -> watch(database, current));
        try (Spools files = new Spools(spools.resolve(database + ".segment"));
                ReceptionMeters meters = new ReceptionMeters(registry, database, exposure, clock);
                BesideReception beside =
                        new BesideReception(database, databases, servers, announcements, exposure, registry, clock)) {
            attempt.exposed(beside::exposed);
            receive(attempt, database, files, exposure, meters, current);
        } catch (PlatformException fault) {
            if (isOver(attempt)) {
                LOG.atDebug()
                        .setCause(fault)
                        .addKeyValue("databaseId", database)
                        .log("wal reception stopped");
                throw new InterruptedException("wal reception of " + database + " is over");
            }
            throw fault;
        } finally {
            held.remove(database);
            switcher.interrupt();
        }
        throw new InterruptedException("wal reception of " + database + " is over");
    }

    /// Returns only when the attempt is over; throws what waiting does not mend.
    private void receive(
            Attempt attempt,
            DatabaseId database,
            Spools files,
            Exposures exposure,
            ReceptionMeters meters,
            AtomicReference<@Nullable WalReception> current)
            throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        AttemptTail tail = new AttemptTail(tails, clusters, announcements, clock, files, pace, meters);
        while (!isOver(attempt)) {
            // Read anew each time: the address or the password may have been corrected meanwhile.
            DatabaseRegistration registration = databases.require(database);
            WalReception reception = new WalReception(
                    servers,
                    clusters,
                    announcements,
                    clock,
                    attempt,
                    registration,
                    files,
                    pace,
                    exposure,
                    meters,
                    tail,
                    () -> databases.find(database).orElse(registration).policy());
            current.set(reception);
            StorelessReception storeless = tail.withoutStore(registration)
                    .map(known -> new StorelessReception(servers, clock, attempt, registration, tail, known, exposure))
                    .orElse(null);
            RetryableException fault;
            try {
                fault = storeless == null ? reception.run() : storeless.run();
            } catch (RetryableException away) {
                fault = away;
            } finally {
                exposure.alone(System.nanoTime());
            }
            if (isOver(attempt)) {
                return;
            }
            boolean received;
            if (storeless == null) {
                tail.ended(fault);
                received = reception.reached() != null;
            } else {
                tail.endedWithoutStore(fault, storeless.storeIsBack());
                received = storeless.streamed();
            }
            pause = received ? FIRST_PAUSE : longer(pause);
            attempt.progress("waiting for the server", 0, null, null);
            LOG.atWarn()
                    .setCause(fault)
                    .addKeyValue("databaseId", database)
                    .addKeyValue("failureCode", fault.code())
                    .addKeyValue("pauseMs", pause.toMillis())
                    .log("wal reception interrupted, tried again");
            Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1)));
        }
    }

    private void watch(DatabaseId database, AtomicReference<@Nullable WalReception> current) {
        SegmentSwitch segments =
                new SegmentSwitch(database, live, () -> servers.sql(databases.require(database)), switchPatience);
        try {
            while (true) {
                Thread.sleep(SWITCH_LOOK);
                WalReception reception = current.get();
                WalReception.Reached reached = reception == null ? null : reception.reached();
                if (reached != null) {
                    segments.look(reached.timeline(), reached.archived());
                    held.computeIfPresent(database, (_, _) -> true);
                }
            }
        } catch (InterruptedException _) {
            LOG.atDebug().addKeyValue("databaseId", database).log("segment switch watch ends");
        }
    }

    private static boolean isOver(Attempt attempt) {
        return attempt.isOver() || Thread.currentThread().isInterrupted();
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }
}
