package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Span;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.repository.manifest.BackupFacts.WalSpan;
import io.walkback.repository.testing.LogicalSamples;
import io.walkback.repository.testing.Samples;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Expiry of logical backups, beside physical ones.
class LogicalExpiryTest {
    private static final Map<String, byte[]> FILES = new LinkedHashMap<>();

    static {
        FILES.put("globals.sql", Samples.prose(9_000, 1));
        FILES.put("dbnames/5.dump", Samples.noise(30_000, 2));
    }

    @TempDir
    Path work;

    /// A logical backup that was complete on `day`, and its line in the catalog.
    private void dump(World world, String id, int day, boolean logical) {
        world.at(day);
        LogicalSamples.backup(world.lineage(world.memory), id, Optional.empty(), FILES, work);
        WalSpan log = LogicalSamples.facts(FILES.keySet()).wal();
        world.catalog.add(new Candidate(
                new BackupId(id),
                logical,
                Stage.COMPLETED,
                world.now().minusSeconds(60),
                new Span(Samples.SYSTEM, TimelineId.FIRST, log.start(), log.stop(), world.now()),
                0,
                false,
                List.of(),
                Set.of()));
    }

    @Test
    void aKeptDumpHoldsItsOwnPacksAndNoWal() throws Exception {
        // Given the only dump, older than every physical backup that stays, and its log positions in segment 2
        World world = World.of(work, 12);
        dump(world, "l1", 2, true);
        world.at(12.5);
        World.Log log = new World.Log();
        // When
        ExpiryReport report = world.execute(world.memory, log);
        // Then it stays as the newest of its kind, and reads back
        assertThat(log.expired.keySet()).containsExactly(World.id(1), World.id(2), World.id(3), World.id(4));
        assertThat(Samples.read(world.lineage(world.memory), "l1"))
                .usingRecursiveComparison()
                .isEqualTo(FILES);
        // And the WAL before the oldest kept physical backup is gone
        assertThat(report.wal().objects()).isEqualTo(4);
        assertThat(world.lineage(world.memory).wal().contains(World.segment(2))).isFalse();
        assertThat(world.lineage(world.memory).wal().contains(World.segment(5))).isTrue();
    }

    @Test // F44
    void aDumpThatAppearsDuringASweepHoldsNoWalEither() throws Exception {
        // Given a dump of which neither catalog nor decision know
        World world = World.of(work, 12);
        World.Log log = new World.Log();
        log.beforeBatch = () -> {
            if (world.lineage(world.memory).findBackup(new BackupId("l1")).isEmpty()) {
                LogicalSamples.backup(world.lineage(world.memory), "l1", Optional.empty(), FILES, work);
            }
        };
        // When
        ExpiryReport report = world.execute(world.memory, log);
        // Then
        assertThat(report.wal().objects()).isEqualTo(4);
        assertThat(Samples.read(world.lineage(world.memory), "l1"))
                .usingRecursiveComparison()
                .isEqualTo(FILES);
    }

    @Test
    void anExpiredDumpGoesWithItsPacks() throws Exception {
        // Given
        World world = World.of(work, 12);
        dump(world, "l1", 2, true);
        dump(world, "l2", 11, true);
        world.at(12.5);
        World.Log log = new World.Log();
        // When
        world.execute(world.memory, log);
        // Then
        assertThat(log.expired).containsKey(new BackupId("l1"));
        assertThat(world.lineage(world.memory).backups())
                .contains(new BackupId("l2"))
                .doesNotContain(new BackupId("l1"));
    }

    @Test // F44
    void deletesNothingWhereTheCatalogTakesADumpForAPhysicalBackup() {
        // Given
        World world = World.of(work, 12);
        dump(world, "l1", 11, false);
        world.at(12.5);
        // Then
        assertThatThrownBy(() -> world.execute(world.memory, new World.Log()))
                .isInstanceOfSatisfying(PlatformException.class, refused -> assertThat(refused.code())
                        .isEqualTo(FailureCode.CATALOG_MISMATCH))
                .hasMessageContaining("backup 'l1' is physical in the catalog and logical in the repository");
    }
}
