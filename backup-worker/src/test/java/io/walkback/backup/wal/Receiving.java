package io.walkback.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.backup.Cluster;
import io.walkback.backup.Store;
import io.walkback.backup.base.BaseBackupHandler;
import io.walkback.backup.inventory.Databases;
import io.walkback.backup.server.Clusters;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.domain.event.CommitsChecked;
import io.walkback.domain.event.Event;
import io.walkback.domain.event.SlotChecked;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Facts;
import io.walkback.operations.Attempt;
import io.walkback.operations.AttemptHandler;
import io.walkback.operations.LiveOperations;
import io.walkback.operations.TestAttempts;
import io.walkback.repository.wal.WalArchive;
import io.walkback.tail.WalTails;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A repository, and attempts that receive the WAL of `shop` into it from real servers with segments of 1 MiB.
final class Receiving implements AutoCloseable {
    static final int SEGMENT = 1 << 20;
    static final BackupId BACKUP = new BackupId("b1");

    final Path directory;
    final Store store;
    final List<Event> events = new CopyOnWriteArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final LiveOperations live = TestAttempts.live();
    private final List<Reception> receptions = new ArrayList<>();
    private final AtomicReference<DatabaseRegistration> registered = new AtomicReference<>();
    private final @Nullable WalTails tails;
    private final Duration pieceEvery;

    Receiving(Path directory) {
        this(directory, new Store(directory.resolve("repository")));
    }

    /// @param store closed with this
    Receiving(Path directory, Store store) {
        this(directory, store, null, Duration.ofMillis(500));
    }

    Receiving(Path directory, Store store, @Nullable WalTails tails, Duration pieceEvery) {
        this.tails = tails;
        this.pieceEvery = pieceEvery;
        this.directory = directory;
        this.store = store;
    }

    /// The watches tell now and then what they see; these tests are not about that.
    private void heard(Event event) {
        if (!(event instanceof SlotChecked)
                && !(event instanceof CommitsChecked commits && commits.blockedSince() == null)) {
            events.add(event);
        }
    }

    /// One attempt on a thread of its own.
    final class Reception {
        final CompletableFuture<AttemptHandler.Result> result = new CompletableFuture<>();
        final Attempt attempt;
        private final Thread thread;

        Reception(Attempt attempt, AttemptHandler handler) {
            this.attempt = attempt;
            receptions.add(this);
            thread = Thread.ofVirtual().start(() -> {
                try {
                    result.complete(handler.run(attempt));
                } catch (Throwable fault) {
                    result.completeExceptionally(fault);
                }
            });
        }

        /// Waits until the slot keeps WAL for it: what is written from now on must be archived.
        Reception begun(Cluster cluster) {
            await().atMost(Cluster.PATIENCE).until(() -> {
                assertThat(result).as("reception goes on").isNotDone();
                return cluster.query(
                                "SELECT count(*) FROM pg_stat_replication WHERE application_name IN ('walkback_wal',"
                                        + " 'walkback_a') AND state = 'streaming'")
                        .equals("1");
            });
            return this;
        }

        void stop() {
            TestAttempts.end(attempt);
            thread.interrupt();
            assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            receptions.remove(this);
        }
    }

    Reception receive(DatabaseRegistration registration) {
        return receive(registration, System.nanoTime());
    }

    /// @param renewedNanos when the attempt was last renewed
    Reception receive(DatabaseRegistration registration, long renewedNanos) {
        register(registration);
        return new Reception(
                TestAttempts.claimed(Cluster.SHOP, "wal@shop", new Command.ReceiveWal(), renewedNanos),
                new WalReceptionHandler(
                        databases(),
                        Cluster.access(),
                        new Clusters(store.repository),
                        this::heard,
                        live,
                        Clock.systemUTC(),
                        meters,
                        directory.resolve("wal" + receptions.size()),
                        4,
                        tails,
                        Duration.ofSeconds(1),
                        pieceEvery));
    }

    /// The second receiver, as if in another process.
    Reception accompany(DatabaseRegistration registration, WalTails brokers) {
        register(registration);
        return new Reception(
                TestAttempts.claimed(Cluster.SHOP, "wal.b@shop", new Command.AccompanyWal(), System.nanoTime()),
                new CompanionHandler(
                        databases(),
                        Cluster.access(),
                        new Clusters(store.repository),
                        brokers,
                        live,
                        new CompanionHandler.First() {
                            @Override
                            public boolean holds(DatabaseId database) {
                                return false;
                            }

                            @Override
                            public boolean streams(DatabaseId database) {
                                return false;
                            }
                        },
                        Clock.systemUTC(),
                        4));
    }

    /// From now on the database is to be found there.
    void register(DatabaseRegistration registration) {
        registered.set(registration);
    }

    Databases databases() {
        return new Databases() {
            @Override
            public Optional<DatabaseRegistration> find(DatabaseId database) {
                return Optional.ofNullable(registered.get())
                        .filter(known -> known.id().equals(database));
            }

            @Override
            public boolean isReady() {
                return true;
            }
        };
    }

    WalArchive archive() {
        return store.lineage().wal();
    }

    void awaitArchived(int timeline, Lsn end) {
        WalSegment wanted = WalSegment.endingAt(new TimelineId(timeline), end, SEGMENT);
        await().atMost(Cluster.PATIENCE)
                .until(() -> store.repository.current(Cluster.SHOP).isPresent()
                        && archive().contains(wanted));
    }

    /// Several segments are stored at once: the last one may be there before those before it.
    void awaitOneRange(int timeline) {
        await().atMost(Cluster.PATIENCE)
                .until(() -> archive().ranges(new TimelineId(timeline)).size() == 1);
    }

    /// Events of one kind, as they came.
    <E extends Event> List<E> told(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// Some WAL, and the segment that holds its end complete; returns where that segment ends.
    static Lsn fill(Cluster cluster) {
        cluster.execute("INSERT INTO w SELECT g, md5(g::text) FROM generate_series(1, 9000) g");
        Lsn before = Lsn.parse(cluster.query("SELECT pg_current_wal_insert_lsn()"));
        cluster.execute("SELECT pg_switch_wal()");
        return WalSegment.containing(TimelineId.FIRST, before, SEGMENT).end();
    }

    static String rows(Cluster cluster) {
        return cluster.query("SELECT count(*) || '/' || sum(id) FROM w");
    }

    Facts.BackedUp backUp(DatabaseRegistration registration) throws InterruptedException {
        BaseBackupHandler handler = new BaseBackupHandler(
                Cluster.only(registration),
                Cluster.access(),
                new Clusters(store.repository),
                events::add,
                Clock.systemUTC(),
                directory.resolve("work"),
                1,
                1);
        Attempt attempt = TestAttempts.claimed(Cluster.SHOP, BACKUP.value(), new Command.TakeBackup(BACKUP));
        return ((AttemptHandler.Result.Copied) handler.run(attempt)).facts();
    }

    @Override
    public void close() {
        List.copyOf(receptions).forEach(Reception::stop);
        store.close();
    }
}
