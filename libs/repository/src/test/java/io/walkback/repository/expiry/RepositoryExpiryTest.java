package io.walkback.repository.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.retention.Candidate.Stage;
import io.walkback.repository.blob.BlobKey;
import io.walkback.repository.expiry.ExpiryReport.Outcome;
import io.walkback.repository.testing.Samples;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryExpiryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path work;

    @Test // P5
    void deletesManifestsPacksAndWalThatNothingKeptNeedsAndNothingElse() throws Exception {
        // Given twelve days, of which the window wants the last seven and the backup before them
        World world = World.of(work, 12);
        World.Log log = new World.Log();
        int packs = world.keys("/packs/").size();
        // When
        ExpiryReport promised = world.preview();
        ExpiryReport report = world.execute(world.memory, log);
        // Then
        assertThat(log.expired.keySet()).containsExactly(World.id(1), World.id(2), World.id(3), World.id(4));
        assertThat(world.lineage(world.memory).backups()).hasSize(8).doesNotContain(World.id(4));
        assertThat(report.packs().objects()).isPositive();
        assertThat(world.keys("/packs/")).hasSize(packs - (int) report.packs().objects());
        assertThat(report.wal().objects()).isEqualTo(4);
        assertThat(log.walGone)
                .containsExactly("1 " + World.segment(1).start() + ".."
                        + World.segment(4).end());
        assertThat(world.lineage(world.memory).wal().contains(World.segment(4))).isFalse();
        assertThat(world.lineage(world.memory).wal().contains(World.segment(5))).isTrue();
        IntStream.rangeClosed(5, 12).forEach(world::assertRestores);
        // Then the preview had said the same
        assertThat(promised.total()).isEqualTo(report.total());
        assertThat(promised.backups()).allMatch(fate -> fate.outcome() == Outcome.WOULD_GO);
        assertThat(report.backups())
                .allMatch(fate -> fate.outcome() == Outcome.REMOVED)
                .allMatch(fate -> fate.reason().contains("recovery window of 7d"));
        assertThat(world.keys("_probes")).isEmpty();
    }

    @Test // pitfall 54
    void deletesNothingWhenNothingExpires() throws Exception {
        // Given
        World world = World.of(work, 5);
        var before = world.memory.keys();
        // When
        ExpiryReport report = world.execute(world.memory, new World.Log());
        // Then
        assertThat(report.total()).isEqualTo(Tally.NOTHING);
        assertThat(world.memory.keys()).isEqualTo(before);
    }

    @Test // pitfall 56
    void leavesYoungPacksAloneWhichARunningBackupMayHaveWritten() throws Exception {
        // Given packs of an attempt that has no manifest, a day and a bit before the longest backup and its margin end
        World world = World.of(work, 12);
        String attempt = "/packs/00000000-0000-4000-8000-000000000001/00000000";
        BlobKey young = new BlobKey(Samples.SHOP + "/" + Samples.SYSTEM + attempt);
        world.memory.putIfAbsent(young, new byte[10]);
        world.at(13.3);
        // When
        ExpiryReport first = world.execute(world.memory, new World.Log());
        boolean afterADay = world.memory.keys().contains(young);
        world.at(13.8);
        world.catalog.removeIf(
                one -> world.lineage(world.memory).findBackup(one.id()).isEmpty());
        world.execute(world.memory, new World.Log());
        // Then
        assertThat(first.waiting().objects()).isPositive();
        assertThat(afterADay).isTrue();
        assertThat(world.memory.keys()).doesNotContain(young);
    }

    @Test
    void leavesObjectsAloneWhoseNamesItDoesNotKnow() throws Exception {
        // Given
        World world = World.of(work, 12);
        String root = Samples.SHOP + "/" + Samples.SYSTEM;
        world.at(0);
        BlobKey pack = new BlobKey(root + "/packs/readme");
        BlobKey wal = new BlobKey(root + "/wal/00000001/note.txt");
        BlobKey digest = new BlobKey(root + "/digests/00000000-0000-4000-8000-000000000001/00000000");
        BlobKey piece = new BlobKey(
                root + "/wal/00000001/" + World.segment(1).fileName() + ".partial/0000000000100000-0000000000100100");
        for (BlobKey key : new BlobKey[] {pack, wal, digest, piece}) {
            world.memory.putIfAbsent(key, new byte[1]);
        }
        world.at(12.5);
        // When
        ExpiryReport report = world.execute(world.memory, new World.Log());
        // Then what it knows goes: the digests of a pack that nobody holds, a piece of a segment that nobody needs
        assertThat(world.memory.keys()).contains(pack, wal).doesNotContain(digest, piece);
        assertThat(report.digests().objects()).isOne();
    }

    @Test // pitfall 55
    void keepsWhatABackupHoldsThatWasCommittedWhileTheSweepRan() throws Exception {
        // Given old packs that no manifest names when they are listed
        World world = World.of(work, 12);
        world.at(0.5);
        world.commit(13, Optional.empty());
        Runnable commit = world.uncommit(13);
        world.at(12.5);
        World.Log log = new World.Log();
        boolean[] done = {false};
        log.beforeBatch = () -> {
            if (log.expired.size() == 4) {
                done[0] = true;
                commit.run();
            }
        };
        // When
        world.execute(world.memory, log);
        // Then
        assertThat(done[0]).isTrue();
        world.assertRestores(13);
    }

    @Test
    void removesAFailedBackupsManifestOnceANewerOneIsComplete() throws Exception {
        // Given
        World world = World.of(work, 3);
        world.replace(2, Stage.FAILED, Set.of());
        World.Log log = new World.Log();
        // When
        world.execute(world.memory, log);
        // Then
        assertThat(log.expired).containsOnlyKeys(World.id(2));
        world.assertRestores(1);
        world.assertRestores(3);
    }

    @Test // F30
    void retainsWhatALockKeepsAndTriesItAgainLater() throws Exception {
        // Given a lock on one manifest and one old WAL segment
        World world = World.of(work, 12);
        BlobKey manifest = world.lineage(world.memory).lineage().manifest(World.id(1));
        BlobKey segment = world.lineage(world.memory).lineage().segment(World.segment(2));
        world.memory.lock(manifest, true);
        world.memory.lock(segment, true);
        World.Log log = new World.Log();
        // When
        ExpiryReport locked = world.execute(world.memory, log);
        world.assertRestores(1);
        world.follow(log);
        world.memory.lock(manifest, false);
        world.memory.lock(segment, false);
        ExpiryReport later = world.execute(world.memory, log);
        // Then
        assertThat(locked.backups())
                .filteredOn(fate -> fate.backup().equals(World.id(1)))
                .allMatch(fate -> fate.outcome() == Outcome.RETAINED);
        assertThat(locked.retained()).isOne();
        assertThat(later.retained()).isZero();
        assertThat(log.expired).containsKey(World.id(1));
        assertThat(world.memory.keys()).doesNotContain(manifest, segment);
    }
}
