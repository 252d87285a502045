package io.walkback.scheduler.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.DatabaseId;
import io.walkback.domain.Lsn;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.operation.Facts;
import io.walkback.repository.LineageRepository;
import io.walkback.repository.manifest.BackupFacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CatalogRebuildPropertyTest {
    /// What a repository cannot know, as docs/catalog.md lists it.
    private static final String[] UNKNOWABLE = {
        "header", "requestedBy", "requestedAt", "labels", "attempts", "completedAt", "verifiedAt"
    };

    @Property(tries = 12) // P4
    void whatManifestsTellFoldsToWhatWorkersTold(@ForAll long seed) throws IOException {
        // Given backups of several clusters and timelines, with and without their WAL, in a catalog
        Random random = new Random(seed);
        Path directory = Files.createTempDirectory("walkback-rebuild");
        try (Installation it = new Installation(directory)) {
            int backups = 1 + random.nextInt(7);
            List<Waiting> waiting = new ArrayList<>();
            for (int i = 0; i < backups; i++) {
                backUp(it, random, "b" + i, waiting);
            }
            // Backups of one timeline may share WAL, so who is complete shows at the end.
            waiting.forEach(backup -> it.told(
                    backup.database(), backup.facts(), covers(backup.lineage(), backup.facts()), backup.failures()));
            Map<String, BackupCatalogEntry> lost = it.catalog();
            assertThat(lost).hasSize(backups);
            // When
            it.loseKafka();
            List<RebuildPage.Row> rows = it.rebuild(false, 1 + random.nextInt(4));
            // Then
            assertThat(rows).hasSize(backups).allSatisfy(row -> assertThat(row.outcome())
                    .isEqualTo(RebuildPage.Outcome.RESTORED));
            assertThat(it.catalog()).hasSameSizeAs(lost);
            it.catalog().forEach((key, entry) -> assertThat(entry)
                    .usingRecursiveComparison()
                    .ignoringFields(UNKNOWABLE)
                    .isEqualTo(lost.get(key)));
            // And what it cannot know is what it says that it is
            assertThat(it.catalog().values()).allSatisfy(entry -> {
                assertThat(entry.requestedBy()).isEqualTo("catalog rebuild");
                assertThat(entry.requestedAt()).isEqualTo(entry.startedAt());
                assertThat(entry.verifiedAt()).isNull();
            });
            // And a second one finds nothing to do
            Map<String, BackupCatalogEntry> rebuilt = it.catalog();
            assertThat(it.rebuild(false, 200))
                    .allSatisfy(row -> assertThat(row.outcome()).isEqualTo(RebuildPage.Outcome.KNOWN));
            assertThat(it.catalog()).isEqualTo(rebuilt);
        } finally {
            remove(directory);
        }
    }

    private record Waiting(DatabaseId database, LineageRepository lineage, Facts.BackedUp facts, int failures) {}

    private static void backUp(Installation it, Random random, String id, List<Waiting> waiting) {
        DatabaseId database = new DatabaseId(random.nextBoolean() ? "shop" : "bank");
        LineageRepository lineage = it.lineage(database.value(), 7 + random.nextInt(2));
        TimelineId timeline = new TimelineId(1 + random.nextInt(2));
        long first = random.nextLong(1, 50);
        int segments = 1 + random.nextInt(3);
        Lsn start = new Lsn(first * Installation.WAL_SEGMENT + 40);
        Lsn stop = new Lsn((first + segments - 1) * Installation.WAL_SEGMENT + 400);
        Facts.BackedUp facts = it.commit(
                lineage,
                id,
                Installation.facts(
                        new BackupFacts.WalSpan(timeline, start, timeline, stop, Optional.empty()),
                        Installation.T0.minus(Duration.ofHours(random.nextInt(2000))),
                        150_000 + random.nextInt(20),
                        random.nextInt(3)));
        if (random.nextBoolean()) {
            store(lineage, timeline, first, segments);
        }
        waiting.add(new Waiting(database, lineage, facts, random.nextInt(3)));
    }

    private static void store(LineageRepository lineage, TimelineId timeline, long first, int segments) {
        if (!timeline.equals(TimelineId.FIRST)) {
            lineage.wal().putHistory(timeline, "1\t0/100000\tbefore\n".getBytes(StandardCharsets.US_ASCII));
        }
        for (long number = first; number < first + segments; number++) {
            WalSegment segment = new WalSegment(timeline, number, Installation.WAL_SEGMENT);
            byte[] bytes = new byte[Installation.WAL_SEGMENT];
            lineage.wal().putSegment(segment, new ByteArrayInputStream(bytes), Optional.empty());
        }
    }

    private static boolean covers(LineageRepository lineage, Facts.BackedUp facts) {
        boolean history = facts.timeline().equals(TimelineId.FIRST)
                || lineage.wal().findHistory(facts.timeline()).isPresent();
        return history
                && lineage.wal()
                        .missing(facts.timeline(), facts.start(), facts.stop(), 1)
                        .isEmpty();
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.forEach(all::addFirst);
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
