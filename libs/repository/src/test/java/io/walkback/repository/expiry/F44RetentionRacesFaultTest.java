package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.PlatformException;
import io.walkback.domain.RetryableException;
import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.domain.retention.RetentionPlan;
import io.walkback.repository.blob.BlobKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F44: two retention runs at once; retention with a stale catalog.
class F44RetentionRacesFaultTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path work;

    private static void assertRefused(World world, String message) {
        List<BlobKey> before = world.memory.keys();
        assertThatThrownBy(() -> world.execute(world.memory, new World.Log()))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(PlatformException.class, fault -> assertThat(fault.code())
                        .isEqualTo(FailureCode.CATALOG_MISMATCH));
        assertThatThrownBy(world::preview).hasMessageContaining(message);
        assertThat(world.memory.keys()).isEqualTo(before);
    }

    @Test
    void refusesWhenTheCatalogDoesNotKnowABackupOfTheRepository() {
        World world = World.of(work, 12);
        world.catalog.removeIf(one -> one.id().equals(World.id(11)));
        assertRefused(world, "backup 'd11' is in the repository and not in the catalog");
    }

    @Test
    void refusesWhenTheRepositoryLacksABackupOfTheCatalog() {
        World world = World.of(work, 12);
        world.memory.delete(world.lineage(world.memory).lineage().manifest(World.id(12)));
        assertRefused(world, "backup 'd12' is COMPLETED in the catalog and has no manifest in the repository");
    }

    @Test
    void refusesWhenTheyDisagreeAboutABackup() {
        World world = World.of(work, 12);
        world.catalog.replaceAll(one -> one.id().equals(World.id(10))
                ? new Candidate(
                        one.id(),
                        Stage.COMPLETED,
                        one.since(),
                        world.candidate(9, Stage.COMPLETED, Set.of()).span(),
                        0,
                        false,
                        List.of(),
                        Set.of())
                : one);
        assertRefused(world, "backup 'd10' is from 0/900028");
    }

    @Test
    void twoRunsAtOnceEndAsOneWould() throws Exception {
        // Given two runs that decided from the same catalog: the second one's claim was lost and it goes on all the
        // same
        World world = World.of(work, 12);
        Survey first = world.expiry(world.memory).survey();
        Survey second = world.expiry(world.memory).survey();
        RetentionPlan plan = world.plan(first);
        World.Log log = new World.Log();
        // When
        world.expiry(world.memory).execute(plan, world.catalog, first, log);
        List<BlobKey> after = world.memory.keys();
        world.expiry(world.memory).execute(plan, world.catalog, second, log);
        // Then
        assertThat(world.memory.keys()).isEqualTo(after);
        assertThat(log.expired).hasSize(4);
        for (int day = 5; day <= 12; day++) {
            world.assertRestores(day);
        }
    }

    @Test
    void deletesNothingMoreOnceItsClaimIsLost() {
        // Given
        World world = World.of(work, 12);
        World.Log log = new World.Log();
        log.beforeBatch = () -> {
            if (log.expired.size() == 2) {
                throw new RetryableException(FailureCode.LEASE_LOST, "lost", "Test.");
            }
        };
        // When
        assertThatThrownBy(() -> world.execute(world.memory, log)).hasMessage("lost");
        // Then
        assertThat(world.lineage(world.memory).backups()).hasSize(10);
    }
}
