package io.walkback.catalog.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.event.BackupCatalogEntry;
import io.walkback.domain.event.BackupStatus;
import io.walkback.domain.event.DrillCompleted;
import io.walkback.domain.event.DrillFailed;
import io.walkback.domain.event.DrillStarted;
import io.walkback.domain.event.ProofState;
import io.walkback.domain.operation.Command;
import io.walkback.domain.operation.Epoch;
import io.walkback.domain.operation.Facts;
import io.walkback.domain.operation.OperationId;
import io.walkback.domain.operation.OperationRecord;
import io.walkback.domain.operation.Verdict;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a rehearsal says about its backup, and what it does not say (P9).
class RehearsalProjectionTest {
    private final History history = new History();

    @BeforeEach
    void completeABackup() {
        history.completeBackup("b1");
    }

    private @Nullable ProofState proof() {
        return history.last().backups().getFirst().proof();
    }

    private String said() {
        ProofState proof = proof();
        return proof == null ? "nothing" : proof.verdict() + " by " + proof.drill();
    }

    @Test // P9
    void aVerdictStandsOnItsBackupWithItsTimeAndItsObject() {
        // When
        Instant at = history.rehearse("d1", "b1", Verdict.FAILED);
        // Then
        assertThat(proof())
                .isEqualTo(new ProofState(Verdict.FAILED, "a reason", at, 90_000L, "packs/p1", new OperationId("d1")));
        assertThat(history.last().backups().getFirst().status()).isEqualTo(BackupStatus.COMPLETED);
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(DrillCompleted.class, told -> {
            assertThat(told.verdict()).isEqualTo(Verdict.FAILED);
            assertThat(told.object()).isEqualTo("packs/p1");
            assertThat(told.reachedLsn()).isNull();
            assertThat(told.sizeBytes()).isEqualTo(1_000);
            assertThat(told.notCovered()).containsExactly("hash index public.h");
        });
    }

    @Test // P9
    void aFailureStaysUntilANewerRehearsalOfThatBackupProvesOtherwise() {
        // Given
        history.completeBackup("b2");
        history.rehearse("d1", "b1", Verdict.FAILED);
        // When, Then another backup's proof and a rehearsal without a judgement change nothing
        history.rehearse("d2", "b2", Verdict.PROVEN);
        assertThat(history.last().backups().getFirst().backupId()).isEqualTo(new BackupId("b2"));
        history.rehearse("d3", "b1", Verdict.UNPROVEN);
        assertThat(said()).isEqualTo("FAILED by d1");
        history.rehearse("d4", "b1", Verdict.PROVEN);
        assertThat(said()).isEqualTo("PROVEN by d4");
    }

    @Test // P9
    void whatCouldNotBeJudgedIsNoProofAndTakesNoneAway() {
        // Given
        history.rehearse("d1", "b1", Verdict.UNPROVEN);
        assertThat(said()).isEqualTo("UNPROVEN by d1");
        history.rehearse("d2", "b1", Verdict.PROVEN);
        // When
        history.rehearse("d3", "b1", Verdict.UNPROVEN);
        // Then
        assertThat(said()).isEqualTo("PROVEN by d2");
    }

    @Test // P9
    void aRehearsalThatFailedWasLostOrNeverRanSaysNothingAboutTheBackup() {
        // Given
        history.open("d1", History.rehearsal(), 2);
        Epoch first = history.claim("d1", 1, "b1");
        assertThat(history.last().facts()).singleElement().isInstanceOfSatisfying(DrillStarted.class, started -> {
            assertThat(started.backupId()).isEqualTo(new BackupId("b1"));
            assertThat(started.attempt()).isEqualTo(1);
        });
        // When
        history.write(new OperationRecord.AttemptLost(
                History.SHOP, new OperationId("d1"), first, History.ANNE, history.now()));
        // Then
        assertThat(history.last().backups()).isEmpty();
        assertThat(history.last().facts())
                .singleElement()
                .isInstanceOfSatisfying(DrillFailed.class, failed -> assertThat(failed.finalAttempt())
                        .isFalse());
        // When the lost worker comes to an end all the same
        int before = history.projected.size();
        history.complete("d1", first, History.rehearsed("b1", Verdict.PROVEN));
        // Then
        assertThat(history.projected).hasSize(before);
        // When
        history.fail("d1", history.claim("d1", 2, "b1"), false);
        // Then
        assertThat(history.last().backups()).isEmpty();
        assertThat(history.last().facts())
                .singleElement()
                .isInstanceOfSatisfying(DrillFailed.class, failed -> assertThat(failed.finalAttempt())
                        .isTrue());
    }

    @Test // P9
    void factsOfARehearsalFromSomethingElseProveNothing() {
        // Given
        history.open("v1", new Command.Verify(null), 1);
        // When
        history.complete("v1", history.claim("v1", 1), History.rehearsed("b1", Verdict.PROVEN));
        // Then
        assertThat(history.last().backups()).isEmpty();
        assertThat(history.last().facts()).isEmpty();
    }

    @Test
    void aVerificationKeepsTheProof() {
        // Given
        history.rehearse("d1", "b1", Verdict.PROVEN);
        history.open("v1", new Command.Verify(null), 1);
        // When
        history.complete("v1", history.claim("v1", 1), new Facts.Verified(1, 1, 0, null));
        // Then
        assertThat(said()).isEqualTo("PROVEN by d1");
    }

    @Test
    void aProofKeepsTheVerificationAndTheCopies() {
        // Given
        Instant read = Instant.parse("2026-11-21T00:00:00Z");
        BackupCatalogEntry entry = history.last().backups().getFirst();
        history.catalog.add(new BackupCatalogEntry(
                entry.header(),
                entry.backupId(),
                entry.type(),
                entry.status(),
                entry.requestedBy(),
                entry.requestedAt(),
                entry.labels(),
                entry.attempts(),
                entry.extent(),
                entry.startedAt(),
                entry.completedAt(),
                null,
                null,
                null,
                read,
                2));
        // When
        history.rehearse("d1", "b1", Verdict.PROVEN);
        // Then
        assertThat(history.last().backups().getFirst().verifiedAt()).isEqualTo(read);
        assertThat(history.last().backups().getFirst().copies()).isEqualTo(2);
    }

    @Property(tries = 200) // P9
    void theNewestJudgementStandsAfterAnyHistory(@ForAll @Size(min = 1, max = 12) List<Verdict> verdicts) {
        // Given
        History any = new History();
        any.completeBackup("b1");
        String expected = null;
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            boolean judged = verdict == Verdict.PROVEN || verdict == Verdict.FAILED;
            boolean nothingYet = expected == null || !(expected.startsWith("P") || expected.startsWith("F"));
            expected = judged || nothingYet ? verdict + " by d" + i : expected;
            // When
            any.rehearse("d" + i, "b1", verdict);
        }
        // Then
        ProofState proof = any.last().backups().getFirst().proof();
        assertThat(proof == null ? null : proof.verdict() + " by " + proof.drill())
                .isEqualTo(expected);
    }
}
