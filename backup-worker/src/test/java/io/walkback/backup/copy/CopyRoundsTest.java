package io.walkback.backup.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walkback.domain.DatabaseId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.Repository;
import io.walkback.repository.blob.BlobStores;
import io.walkback.repository.copy.ContinuousCopy;
import io.walkback.repository.layout.ClusterGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyRoundsTest {
    private static final DatabaseId SHOP = new DatabaseId("shop");
    private static final WalSegment SEGMENT = new WalSegment(TimelineId.FIRST, 3, 1 << 20);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CopyOnWriteArrayList<Throwable> fatal = new CopyOnWriteArrayList<>();

    @Test
    void aPlaceThatIsAwayMakesTheLagGrowAndIsCaughtUpWithOnceItIsBack() throws IOException {
        Path place = directory.resolve("copy");
        try (Repository source =
                Repository.init(BlobStores.create(directory.resolve("source").toUri()), Clock.systemUTC())) {
            archive(source);
            ContinuousCopy copy = new ContinuousCopy(source, () -> BlobStores.create(place.toUri()), Clock.systemUTC());
            try (CopyRounds rounds = new CopyRounds(copy, meters, fatal::add)) {
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
            try (CopyRounds _ = new CopyRounds(copy, meters, fatal::add).start()) {
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
            try (CopyRounds _ = new CopyRounds(copy, meters, fatal::add).start()) {
                await().atMost(DEADLINE).untilAsserted(() -> assertThat(fatal)
                        .singleElement()
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .hasMessage("a defect"));
            }
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
