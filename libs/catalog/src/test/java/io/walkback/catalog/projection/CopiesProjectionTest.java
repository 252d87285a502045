package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import org.junit.jupiter.api.Test;

/// In how many places the catalog says that a backup is.
class CopiesProjectionTest {
    private final History history = new History();

    private OperationRecord.Found found(History in, int copies) {
        return new OperationRecord.Found(
                History.SHOP, new OperationId("b1"), History.facts("b1"), true, copies, "second repository", in.now());
    }

    /// What the last change made of the catalog, which follows.
    private BackupCatalogEntry follow() {
        BackupCatalogEntry entry = history.last().backups().getFirst();
        history.catalog.removeIf(known -> known.backupId().equals(entry.backupId()));
        history.catalog.add(entry);
        return entry;
    }

    @Test
    void aCopyThatArrivedCountsAndChangesNothingElse() {
        // Given
        history.completeBackup("b1");
        BackupCatalogEntry before = follow();
        assertThat(before.copies()).isEqualTo(1);
        // When
        history.write(found(history, 2));
        BackupCatalogEntry after = follow();
        // Then
        assertThat(after.copies()).isEqualTo(2);
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("header", "copies")
                .isEqualTo(before);
        assertThat(after.header().stateVersion()).isGreaterThan(before.header().stateVersion());
        assertThat(history.last().facts()).isEmpty();
        // And once more, or found again in one place, it is the same
        history.write(found(history, 2));
        assertThat(history.last().backups()).isEmpty();
        history.write(found(history, 1));
        assertThat(history.last().backups()).isEmpty();
    }

    @Test
    void aBackupThatIsReadBackOrExpiresStaysInTwoPlaces() {
        // Given
        history.completeBackup("b1");
        follow();
        history.write(found(history, 2));
        follow();
        // When
        history.open("v1", new Command.Verify(new BackupId("b1"), null), 1);
        history.complete("v1", history.claim("v1", 1), new Facts.Verified(3, 100, 0, null));
        // Then
        assertThat(follow()).satisfies(read -> {
            assertThat(read.verifiedAt()).isNotNull();
            assertThat(read.copies()).isEqualTo(2);
        });
        // When
        history.open("e1", new Command.Expire(), 1);
        Epoch epoch = history.claim("e1", 1);
        history.write(new OperationRecord.Expiring(
                History.SHOP, new OperationId("e1"), epoch, new BackupId("b1"), history.now()));
        // Then
        assertThat(follow().status()).isEqualTo(BackupStatus.EXPIRING);
        assertThat(follow().copies()).isEqualTo(2);
        // And what goes has not arrived any more
        int told = history.projected.size();
        history.write(found(history, 2));
        assertThat(history.projected).hasSize(told);
    }

    @Test
    void aBackupThatTheLogHasForgottenKeepsWhatTheCatalogKnows() {
        // Given
        history.completeBackup("b1");
        BackupCatalogEntry known = history.last().backups().getFirst();
        History later = new History();
        later.catalog.add(known);
        // When
        later.write(found(later, 2));
        // Then
        assertThat(later.last().backups()).singleElement().satisfies(entry -> {
            assertThat(entry.copies()).isEqualTo(2);
            assertThat(entry.requestedBy()).isEqualTo("anne");
            assertThat(entry.labels()).isEqualTo(known.labels());
        });
    }
}
