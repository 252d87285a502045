package io.walkback.backup.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.backup.inventory.Databases;
import io.walkback.domain.BackupId;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.RetryableException;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.database.BackupPolicy;
import io.walkback.domain.database.Connection;
import io.walkback.domain.database.DatabaseRegistration;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.backup.BackupSettings;
import io.walkback.repository.backup.BackupWriter;
import io.walkback.repository.blob.BlobStore;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.copy.ContinuousCopy;
import io.walkback.repository.layout.ClusterGeometry;
import io.walkback.repository.manifest.BackupFacts;
import io.walkback.repository.manifest.BackupOrigin;
import io.walkback.repository.manifest.FileContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyRoundsTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final DatabaseId BANK = new DatabaseId("bank");
    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 3, 1 << 20);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Policies databases = new Policies();
    private final Heard arrivals = new Heard();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CopyOnWriteArrayList<Throwable> fatal = new CopyOnWriteArrayList<>();

    @Test
    void aPlaceThatIsAwayMakesTheLagGrowAndIsCaughtUpWithOnceItIsBack() throws IOException {
        Path place = directory.resolve("copy");
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            ContinuousCopy copy = new ContinuousCopy(source, () -> BlobStores.create(place.toUri()), Clock.systemUTC());
            try (CopyRounds rounds = new CopyRounds(copy, databases, arrivals, meters, fatal::add)) {
                // Given: a file where the copy should be
                Files.writeString(place, "in the way");
                rounds.round();
                double away = lag();
                // When
                await().atMost(DEADLINE).until(() -> lag() > away + 1);
                double grown = lag();
                Files.delete(place);
                rounds.round();
                // Then
                assertThat(lag()).as("counted from this round").isLessThan(grown);
                requireSegment(place);
            }
        }
        assertThat(fatal).isEmpty();
    }

    @Test
    void copiesFromItsStartOnAndEndsWithItsOwner() throws Exception {
        Path place = directory.resolve("copy");
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            ContinuousCopy copy = new ContinuousCopy(source, () -> BlobStores.create(place.toUri()), Clock.systemUTC());
            try (CopyRounds _ = new CopyRounds(copy, databases, arrivals, meters, fatal::add).start()) {
                await().atMost(DEADLINE).ignoreExceptions().untilAsserted(() -> requireSegment(place));
            }
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("repository-copy"));
        assertThat(fatal).isEmpty();
    }

    @Test
    void aFaultThatNoStoreExplainsEndsTheProcess() {
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            ContinuousCopy copy = new ContinuousCopy(
                    source,
                    () -> {
                        throw new IllegalStateException("a defect");
                    },
                    Clock.systemUTC());
            try (CopyRounds _ = new CopyRounds(copy, databases, arrivals, meters, fatal::add).start()) {
                await().atMost(DEADLINE).untilAsserted(() -> assertThat(fatal)
                        .singleElement()
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .hasMessage("a defect"));
            }
        }
    }

    @Test
    void onlyDatabasesWhosePolicyWantsTwoCopiesAreCopiedAndMeasured() {
        Path place = directory.resolve("copy");
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            source.forWriting(BANK, new SystemIdentifier(8), new ClusterGeometry(1 << 20, 8192));
            ContinuousCopy copy = new ContinuousCopy(source, () -> BlobStores.create(place.toUri()), Clock.systemUTC());
            try (CopyRounds rounds = new CopyRounds(copy, databases, arrivals, meters, fatal::add)) {
                // Given: nobody knows yet what is wanted
                databases.ready = false;
                rounds.round();
                assertThat(meters.getMeters()).isEmpty();
                assertThat(place).doesNotExist();
                databases.ready = true;
                // When
                rounds.round();
                // Then
                requireSegment(place);
                assertThat(meters.find("walkback.copy.lag").gauges())
                        .singleElement()
                        .satisfies(
                                gauge -> assertThat(gauge.getId().getTag("db")).isEqualTo("shop"));
                try (BlobStore copied = BlobStores.open(place.toUri())) {
                    assertThat(Repository.open(copied, Clock.systemUTC()).databases())
                            .containsExactly(SHOP);
                }
                // And once it is not wanted any more, it is not late either
                databases.copies.put(SHOP, 1);
                rounds.round();
                assertThat(meters.getMeters()).isEmpty();
            }
        }
    }

    @Test
    void aBackupHasArrivedOnceARoundThatBeganAfterItsEndHasEnded() {
        Path place = directory.resolve("copy");
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            commit(source, "b1");
            AtomicBoolean away = new AtomicBoolean();
            ContinuousCopy copy = new ContinuousCopy(source, () -> place(place, away), Clock.systemUTC());
            try (CopyRounds rounds = new CopyRounds(copy, databases, arrivals, meters, fatal::add)) {
                // Given: its WAL is not there yet
                rounds.round();
                assertThat(arrivals.arrived).isEmpty();
                // When
                arrivals.awaited.add(new BackupId("b1"));
                arrivals.awaited.add(new BackupId("b2"));
                rounds.round();
                // Then
                assertThat(arrivals.arrived).containsExactly(new BackupId("b1"));
            }
            // And while the second place is away nothing arrives
            arrivals.arrived.clear();
            away.set(true);
            ContinuousCopy later = new ContinuousCopy(source, () -> place(place, away), Clock.systemUTC());
            try (CopyRounds rounds = new CopyRounds(later, databases, arrivals, meters, fatal::add)) {
                rounds.round();
                assertThat(arrivals.arrived).isEmpty();
            }
        }
    }

    private static BlobStore place(Path place, AtomicBoolean away) {
        if (away.get()) {
            throw new RetryableException(FailureCode.STORE_UNAVAILABLE, "the second place is away", "Wait for it.");
        }
        return BlobStores.create(place.toUri());
    }

    /// Two databases; the first one's policy wants two copies.
    private static final class Policies implements Databases {
        final Map<DatabaseId, Integer> copies = new HashMap<>(Map.of(SHOP, 2, BANK, 1));
        boolean ready = true;

        @Override
        public Optional<DatabaseRegistration> find(DatabaseId database) {
            return Optional.ofNullable(copies.get(database)).map(wanted -> registration(database, wanted));
        }

        @Override
        public boolean isReady() {
            return ready;
        }
    }

    private static DatabaseRegistration registration(DatabaseId database, int copies) {
        BackupPolicy usual = BackupPolicy.DEFAULT;
        return new DatabaseRegistration(
                database,
                new Connection("db", 5432, "postgres", "walkback", null, "prefer", null),
                null,
                new BackupPolicy(
                        true,
                        usual.cron(),
                        usual.zone(),
                        usual.maxAttempts(),
                        false,
                        0,
                        true,
                        usual.retention(),
                        usual.keep(),
                        usual.compressionLevel(),
                        usual.immutability(),
                        copies),
                Map.of());
    }

    private static final class Heard implements Arrivals {
        final Set<BackupId> awaited = new HashSet<>();
        final List<BackupId> arrived = new ArrayList<>();

        @Override
        public Set<BackupId> awaited(DatabaseId database) {
            return Set.copyOf(awaited);
        }

        @Override
        public void arrived(DatabaseId database, BackupId backup) {
            arrived.add(backup);
        }
    }

    private void commit(Repository source, String id) {
        FileContent control = new FileContent(new byte[] {1});
        BackupFacts facts = new BackupFacts(
                BackupOrigin.SERVER,
                new BackupFacts.Server(150_019, 1 << 20, 8192, true),
                new BackupFacts.WalSpan(TimelineId.FIRST, new Lsn(1), TimelineId.FIRST, new Lsn(2), Optional.empty()),
                Instant.EPOCH,
                Instant.EPOCH,
                new BackupFacts.ControlFiles(Optional.of(control), Optional.empty(), control),
                BackupFacts.PageFindings.NONE,
                BackupFacts.Environment.UNKNOWN,
                "test");
        try (BackupWriter writer = source.current(SHOP)
                .orElseThrow()
                .newBackup(
                        new BackupId(id),
                        UUID.randomUUID(),
                        Optional.empty(),
                        Set.of(),
                        new BackupSettings(1, 3, directory))) {
            writer.finish(facts);
        }
    }

    private double lag() {
        Gauge gauge = meters.get("walkback.copy.lag").tag("db", "shop").gauge();
        return gauge.value();
    }

    private static void archive(Repository source) {
        LineageRepository lineage =
                source.forWriting(SHOP, new SystemIdentifier(7), new ClusterGeometry(1 << 20, 8192));
        lineage.wal().putSegment(SEGMENT, new ByteArrayInputStream(new byte[1 << 20]), Optional.empty());
    }

    private static void requireSegment(Path place) {
        try (Repository copied = Repository.open(BlobStores.open(place.toUri()), Clock.systemUTC())) {
            assertThat(copied.current(SHOP).orElseThrow().wal().findSegment(SEGMENT))
                    .isPresent();
        }
    }
}
