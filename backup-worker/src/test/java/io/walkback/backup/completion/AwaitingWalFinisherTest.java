package io.walkback.backup.completion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import io.walkback.domain.database.Immutability;
import io.walkback.domain.event.RepositoryFinding;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AwaitingWalFinisherTest extends AwaitingWalCase {
    @Test // P1
    void aBackupWhoseWalCannotBeLockedAsThePolicyWantsIsNotCompleted() {
        // Given: a folder locks nothing.
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        immutability = Immutability.parse("governance 35d");
        // When
        finisher.look();
        finisher.lookQuickly();
        // Then
        assertThat(log).isEmpty();
        immutability = Immutability.NONE;
        finisher.look();
        assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class);
    }

    @Test // P1, pitfall 21
    void aBackupIsCompletedWhenTheLastSegmentOfItsWalIsThereAndNotBefore() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        // When
        finisher.look();
        assertThat(log).isEmpty();
        archive(1, 5);
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).singleElement().isInstanceOfSatisfying(OperationRecord.Completed.class, completed -> {
            assertThat(completed.facts()).isEqualTo(facts);
            assertThat(completed.operation().value()).isEqualTo("b1");
        });
        assertThat(events).isEmpty();
    }

    @Test
    void aBackupWhoseWalHasJustComeIsCompletedWithoutWaitingForTheNextThoroughLook() {
        // Given a finisher that looks thoroughly once an hour
        finisher.close();
        finisher = finisher(Duration.ofHours(1));
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        finisher.start();
        // When
        archive(1, 5);
        // Then
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log).singleElement().isInstanceOf(OperationRecord.Completed.class));
    }

    @Test // P1
    void aQuickLookCompletesNothingThatLacksWalOrAPackAndSaysNothing() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(facts);
        archive(1, 3, 4);
        // When
        finisher.lookQuickly();
        archive(1, 5);
        lineage.closure(BACKUP)
                .packs()
                .forEach(pack -> repository.store().delete(lineage.lineage().pack(pack.id())));
        finisher.lookQuickly();
        // Then
        assertThat(log).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test // P1
    void aBackupWhosePackIsGoneIsNotCompletedAndIsTold() throws IOException {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        try (var packs = Files.walk(directory.resolve("repository/shop/7/packs"))) {
            Files.delete(packs.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
        // When
        finisher.look();
        finisher.look();
        // Then
        assertThat(log).isEmpty();
        assertThat(events).singleElement().isInstanceOfSatisfying(RepositoryFinding.class, finding -> assertThat(
                        finding.affectedBackups())
                .containsExactly(BACKUP));
    }

    @Test // P1
    void aBackupInAnotherRepositoryThanThisWorkersIsNotCompleted() {
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        awaiting(new Facts.BackedUp(
                BACKUP,
                new SystemIdentifier(8),
                facts.serverVersion(),
                facts.timeline(),
                START,
                STOP,
                SIZE,
                3,
                3,
                facts.manifestDigest(),
                AT,
                AT,
                0));
        finisher.look();
        assertThat(log).isEmpty();
        assertThat(events).hasSize(1);
    }

    @Test // P1
    void aManifestThatIsNotTheOneInTheLogIsNotCompleted() {
        // Given
        Facts.BackedUp facts = committed(TimelineId.FIRST);
        archive(1, 3, 4, 5);
        awaiting(new Facts.BackedUp(
                BACKUP,
                SYSTEM,
                150_019,
                TimelineId.FIRST,
                START,
                STOP,
                SIZE,
                3,
                3,
                "sha256:" + "1".repeat(64),
                AT,
                AT,
                0));
        // When
        finisher.look();
        // Then
        assertThat(facts.manifestDigest()).doesNotContain("1".repeat(64));
        assertThat(log).isEmpty();
        assertThat(events).hasSize(1);
    }

    @Test
    void itLooksByItselfWhileItRuns() {
        // Given
        awaiting(committed(TimelineId.FIRST));
        archive(1, 3, 4, 5);
        // When
        finisher.start();
        // Then
        await().atMost(Duration.ofSeconds(20)).until(() -> !log.isEmpty());
    }
}
