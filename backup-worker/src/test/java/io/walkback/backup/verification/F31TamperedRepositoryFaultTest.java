package io.walkback.backup.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.walkback.domain.BackupId;
import io.walkback.domain.FailureCode;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.event.Severity;
import io.walkback.domain.operation.Rotation;
import io.walkback.repository.blob.BlobLock;
import io.walkback.repository.blob.BlobLocks;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class F31TamperedRepositoryFaultTest {
    private static final String LOCKED = "&lock=governance&lockDays=30";
    private static final BlobLock MONTH = new BlobLock(BlobLocks.Mode.GOVERNANCE, Duration.ofDays(30));

    @TempDir
    Path work;

    @Test
    void aDeleteMarkerAndALaterVersionAreToldWithTheBackupsThatNeedTheObject() throws Exception {
        try (Bucket it = new Bucket(true, "", work)) {
            // Given: b2 reuses what b1 stored of the first file
            it.commit("b1", null);
            it.commit("b2", "b1");
            assertThat(it.verify(null)).isEmpty();
            String shared = it.packs("b1").getFirst();
            // When
            it.server.hide(it.manifest("b1"));
            it.server.overwrite(shared, new byte[] {6, 6, 6});
            // Then everything can still be read, and people are told
            assertThat(it.verify(null))
                    .hasValueSatisfying(found -> assertThat(found.text()).startsWith("2 findings"));
            assertThat(it.told).hasSize(2).allSatisfy(event -> {
                assertThat(event.severity()).isEqualTo(Severity.CRITICAL);
                assertThat(event.problem().hint()).startsWith("Nothing is lost yet");
                assertThat(event.database()).isEqualTo(Bucket.SHOP);
            });
            assertThat(it.told)
                    .filteredOn(event -> event.problem().code() == FailureCode.OBJECT_HIDDEN)
                    .singleElement()
                    .satisfies(event -> {
                        assertThat("eu1/" + event.object()).isEqualTo(it.manifest("b1"));
                        assertThat(event.affectedBackups()).containsExactly(new BackupId("b1"));
                    });
            assertThat(it.told)
                    .filteredOn(event -> event.problem().code() == FailureCode.OBJECT_OVERWRITTEN)
                    .singleElement()
                    .satisfies(event -> {
                        assertThat("eu1/" + event.object()).isEqualTo(shared);
                        assertThat(event.affectedBackups()).containsExactly(new BackupId("b1"), new BackupId("b2"));
                    });
        }
    }

    @Test
    void aLockThatWasTakenAwayIsTold() throws Exception {
        try (Bucket it = new Bucket(true, LOCKED, work)) {
            // Given
            it.commit("b1", null);
            it.commit("b2", "b1");
            assertThat(it.verify(null)).isEmpty();
            // When
            it.server.unlock(it.manifest("b1"));
            String pack = it.packs("b2").getLast();
            it.server.unlock(pack);
            // Then
            assertThat(it.verify(null)).isPresent();
            assertThat(it.told)
                    .extracting(event -> event.problem().code(), event -> "eu1/" + event.object())
                    .containsExactlyInAnyOrder(
                            tuple(FailureCode.OBJECT_UNLOCKED, it.manifest("b1")),
                            tuple(FailureCode.OBJECT_UNLOCKED, pack));
            assertThat(it.told).extracting(RepositoryFinding::severity).containsOnly(Severity.CRITICAL);
        }
    }

    @Test
    void tracesAreLookedForInEveryPartAndPacksInOneOfThem() throws Exception {
        try (Bucket it = new Bucket(true, LOCKED, work)) {
            // Given
            it.commit("b1", null);
            it.server.hide(it.manifest("b1"));
            it.server.unlock(it.packs("b1").getFirst());
            // When
            int hidden = 0;
            int unlocked = 0;
            for (int part = 1; part <= 5; part++) {
                it.verify(new Rotation(part, 5));
                hidden += (int) it.told.stream()
                        .filter(event -> event.problem().code() == FailureCode.OBJECT_HIDDEN)
                        .count();
                unlocked += (int) it.told.stream()
                        .filter(event -> event.problem().code() == FailureCode.OBJECT_UNLOCKED)
                        .count();
            }
            // Then
            assertThat(hidden).isEqualTo(5);
            assertThat(unlocked).isEqualTo(1);
        }
    }

    @Test
    void aLockThatAPolicyPromisedIsMissedWhereTheAddressAsksForNone() throws Exception {
        try (Bucket it = new Bucket(true, "", work)) {
            // Given: b1 locked by its policy, b2 by none
            it.commit(it.lineage.locking(MONTH), "b1", null);
            it.commit("b2", null);
            assertThat(it.verify(null)).isEmpty();
            // When
            String pack = it.packs("b1").getFirst();
            it.server.unlock(it.manifest("b1"));
            it.server.unlock(pack);
            // Then
            assertThat(it.verify(null)).isPresent();
            assertThat(it.told)
                    .extracting(event -> event.problem().code(), event -> "eu1/" + event.object())
                    .containsExactlyInAnyOrder(
                            tuple(FailureCode.OBJECT_UNLOCKED, it.manifest("b1")),
                            tuple(FailureCode.OBJECT_UNLOCKED, pack));
            assertThat(it.told)
                    .allSatisfy(event -> assertThat(event.problem().message()).contains("promises", "GOVERNANCE"));
        }
    }

    @Test
    void backupsFromBeforeLocksWereAskedForArePromisedNothing() throws Exception {
        try (Bucket it = new Bucket(true, "", work)) {
            it.commit("b1", null);
            assertThat(it.verifyAt(LOCKED)).isEmpty();
            assertThat(it.told).isEmpty();
        }
    }

    @Test
    void aShorterLockThanPromisedIsTold() throws Exception {
        try (Bucket it = new Bucket(true, "", work)) {
            // Given: a policy of a month, and an object that somebody locked anew for a day
            it.commit(it.lineage.locking(MONTH), "b1", null);
            it.server.unlock(it.manifest("b1"));
            Instant tomorrow = Clock.systemUTC().instant().plus(Duration.ofDays(1));
            it.lineage
                    .lineage()
                    .locking(new BlobLock(BlobLocks.Mode.GOVERNANCE, Duration.ofDays(1)))
                    .store()
                    .locks()
                    .orElseThrow()
                    .extendRetention(it.lineage.lineage().manifest(new BackupId("b1")), tomorrow);
            // When, then
            assertThat(it.verify(null)).isPresent();
            assertThat(it.told)
                    .singleElement()
                    .satisfies(event -> assertThat(event.problem().message()).contains("locked until"));
        }
    }
}
