package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.FailureCode;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.VerificationCompleted;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.Rotation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Verifications that read a part each.
class RotationProjectionTest {
    private static final Facts.Verified CLEAN = new Facts.Verified(1, 1, 0, null);

    private final History history = new History();

    private Instant verify(String id, int part) {
        history.open(id, new Command.Verify(null, new Rotation(part, 2)), 1);
        Epoch epoch = history.claim(id, 1);
        Instant at = history.now();
        history.complete(id, epoch, CLEAN);
        return at;
    }

    private @Nullable Instant allReadSince() {
        return ((VerificationCompleted) history.last().facts().getFirst()).allReadSince();
    }

    private List<String> verified() {
        return history.last().backups().stream()
                .map(entry -> entry.backupId() + " " + entry.verifiedAt())
                .toList();
    }

    @Test // P1
    void aBackupIsVerifiedWhenAllPartsWereReadSinceItWasComplete() {
        // Given
        history.completeBackup("b1");
        Instant first = verify("v1", 1);
        assertThat(allReadSince()).isNull();
        assertThat(history.last().backups()).isEmpty();
        history.completeBackup("b2");
        // When
        Instant second = verify("v2", 2);
        // Then b2 came after the first part was read
        assertThat(allReadSince()).isEqualTo(first);
        assertThat(verified()).containsExactly("b1 " + first);
        // When
        verify("v3", 1);
        // Then
        assertThat(allReadSince()).isEqualTo(second);
        assertThat(verified()).containsExactlyInAnyOrder("b1 " + second, "b2 " + second);
    }

    @Test // P9
    void nothingIsVerifiedWhileTheNewestReadingOfAPartFoundSomething() {
        // Given
        history.completeBackup("b1");
        verify("v1", 1);
        history.open("v2", new Command.Verify(null, new Rotation(2, 2)), 1);
        Epoch epoch = history.claim("v2", 1);
        history.write(new OperationRecord.AttemptFailed(
                History.SHOP,
                new OperationId("v2"),
                epoch,
                new OperationRecord.Problem(FailureCode.OBJECT_CORRUPT, "m", "h"),
                false,
                history.now()));
        // When
        verify("v3", 1);
        // Then
        assertThat(allReadSince()).isNull();
        assertThat(history.last().backups()).isEmpty();
    }

    @Test
    void aRebuiltBackupKeepsWhatTheCatalogKnows() {
        // Given an entry of the catalog, and a log that has forgotten its operation
        history.completeBackup("b1");
        BackupCatalogEntry known = history.last().backups().getFirst();
        History later = new History();
        later.catalog.add(known);
        OperationRecord.Found found = new OperationRecord.Found(
                History.SHOP, new OperationId("b1"), History.facts("b1"), true, "catalog rebuild", later.now());
        // When, then
        later.write(found);
        assertThat(later.last().backups()).isEmpty();
        assertThat(later.last().facts()).isEmpty();
        // And without it, it is told
        History lost = new History();
        lost.write(found);
        assertThat(lost.last().backups()).singleElement().satisfies(entry -> assertThat(entry.extent())
                .isEqualTo(known.extent()));
    }
}
