package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.retention.Candidate;
import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.repository.expiry.ExpiryReport.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// F43: retention runs while a restore reads, a backup runs, a drill holds a lease.
class F43RetentionWhileInUseFaultTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path work;

    @Test
    void keepsABackupThatARestoreReadsAndItsWal() throws Exception {
        // Given a restore that was claimed before the catalog was looked at
        World world = World.of(work, 12);
        world.replace(2, Stage.COMPLETED, Set.of("restore-1"));
        World.Log log = new World.Log();
        // When
        world.execute(world.memory, log);
        // Then
        assertThat(log.expired.keySet()).containsExactly(World.id(1), World.id(3), World.id(4));
        world.assertRestores(2);
        for (int day = 2; day <= 12; day++) {
            assertThat(world.lineage(world.memory).wal().contains(World.segment(day)))
                    .isTrue();
        }
    }

    @Test
    void keepsABackupWhosePinReachesTheLogAfterTheDecisionAndBeforeTheMark() throws Exception {
        // Given a drill that claims between decision and mark: the log refuses the mark
        World world = World.of(work, 12);
        World.Log log = new World.Log();
        log.needed.add(World.id(1));
        // When
        ExpiryReport report = world.execute(world.memory, log);
        // Then
        assertThat(report.backups())
                .filteredOn(fate -> fate.outcome() == Outcome.NEEDED)
                .extracting(ExpiryReport.Fate::backup)
                .containsExactly(World.id(1));
        world.assertRestores(1);
        assertThat(log.expired).doesNotContainKey(World.id(1));
        // The drill replays WAL up to its target
        assertThat(world.lineage(world.memory).wal().contains(World.segment(1))).isTrue();
        assertThat(world.lineage(world.memory).wal().contains(World.segment(2))).isTrue();
    }

    @Test
    void keepsARunningBackupAndTheOneItBuildsOn() throws Exception {
        // Given a backup that has run for three days and whose packs are in no manifest yet
        World world = World.of(work, 12);
        world.at(12.6);
        world.commit(13, Optional.of(World.id(12)));
        List<String> packs = world.keys("/packs/");
        Runnable commit = world.uncommit(13);
        world.catalog.add(new Candidate(
                World.id(13), Stage.UNFINISHED, world.now().minusSeconds(60), null, 0, false, List.of(), Set.of()));
        world.replace(12, Stage.COMPLETED, Set.of("backup-13"));
        world.at(15.6);
        // When
        world.execute(world.memory, new World.Log());
        // Then: what belonged to old backups may go, nothing since the running one began
        assertThat(world.lineage(world.memory).backups()).contains(World.id(12));
        assertThat(world.keys("/packs/")).hasSizeLessThan(packs.size());
        commit.run();
        world.assertRestores(13);
    }
}
