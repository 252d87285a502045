package io.walkback.domain.operation;

import static io.walkback.domain.operation.OperationFoldCase.ANNE;
import static io.walkback.domain.operation.OperationFoldCase.BERT;
import static io.walkback.domain.operation.OperationFoldCase.SHOP;
import static io.walkback.domain.operation.OperationFoldCase.T0;
import static io.walkback.domain.operation.OperationFoldCase.backup;
import static io.walkback.domain.operation.OperationFoldCase.claimed;
import static io.walkback.domain.operation.OperationFoldCase.facts;
import static org.assertj.core.api.Assertions.assertThat;

import io.walkback.domain.BackupId;
import io.walkback.domain.SystemIdentifier;
import io.walkback.domain.TimelineId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A logical backup in the log: complete when it is copied, beside a physical one.
class LogicalBackupFoldTest {
    private final OperationFold fold = new OperationFold();
    private long offset;

    private Epoch write(OperationRecord record) {
        Epoch place = new Epoch("log", 0, offset++);
        fold.apply(record, place);
        return place;
    }

    private Epoch dumping(String id) {
        write(new OperationRecord.Opened(
                SHOP,
                new OperationId(id),
                new Command.TakeDump(new BackupId(id), List.of("shop")),
                Map.of(),
                3,
                "anne",
                null,
                T0));
        return write(claimed(id, 1, ANNE, Set.of(Resource.dump(SHOP)), Set.of()));
    }

    private void complete(String id, Epoch epoch, Facts facts) {
        write(new OperationRecord.Completed(SHOP, new OperationId(id), epoch, facts, T0));
    }

    private OperationState state(String id) {
        return fold.find(new OperationId(id)).orElseThrow().state();
    }

    private static Facts.Dumped dumped(String id) {
        Facts.BackedUp like = facts(id);
        return new Facts.Dumped(
                like.backup(),
                new SystemIdentifier(7),
                like.serverVersion(),
                TimelineId.FIRST,
                like.start(),
                like.stop(),
                like.walSegmentSize(),
                100,
                10,
                "sha256:00",
                T0,
                T0);
    }

    @Test
    void isCompleteWithoutAnyWal() {
        Epoch epoch = dumping("l1");
        complete("l1", epoch, dumped("l1"));
        assertThat(state("l1")).isEqualTo(new OperationState.Completed(dumped("l1"), T0));
    }

    @Test // P1
    void aPhysicalBackupIsNotCompletedByTheWordsOfALogicalOneNorTheOtherWayRound() {
        // Given
        write(backup("b1", 3));
        Epoch physical = write(claimed("b1", 1, ANNE, Set.of(Resource.base(SHOP)), Set.of()));
        Epoch logical = dumping("l1");
        // When
        complete("b1", physical, dumped("b1"));
        complete("l1", logical, facts("l1"));
        write(new OperationRecord.Copied(SHOP, new OperationId("l1"), logical, facts("l1"), T0));
        // Then
        assertThat(state("b1")).isInstanceOf(OperationState.Claimed.class);
        assertThat(state("l1")).isInstanceOf(OperationState.Claimed.class);
    }

    @Test // P4
    void isKnownAgainWhenItIsFoundInTheRepositoryAndNothingElseIs() {
        // When
        write(new OperationRecord.Found(SHOP, new OperationId("l1"), dumped("l1"), true, "catalog rebuild", T0));
        write(new OperationRecord.Found(SHOP, new OperationId("l2"), dumped("l3"), true, "catalog rebuild", T0));
        write(new OperationRecord.Found(
                SHOP, new OperationId("v1"), new Facts.Verified(1, 1, 0, null), true, "catalog rebuild", T0));
        // Then
        assertThat(fold.all()).singleElement().satisfies(found -> {
            assertThat(found.state()).isEqualTo(new OperationState.Completed(dumped("l1"), T0));
            assertThat(found.command()).isEqualTo(new Command.TakeDump(new BackupId("l1"), List.of()));
        });
    }

    @Test
    void runsBesideABaseBackupAndNotBesideAnotherDump() {
        // Given
        write(backup("b1", 3));
        write(claimed("b1", 1, ANNE, Set.of(Resource.base(SHOP)), Set.of()));
        // When
        dumping("l1");
        write(new OperationRecord.Opened(
                SHOP,
                new OperationId("l2"),
                new Command.TakeDump(new BackupId("l2"), List.of()),
                Map.of(),
                3,
                "anne",
                null,
                T0));
        write(claimed("l2", 1, BERT, Set.of(Resource.dump(SHOP)), Set.of()));
        // Then
        assertThat(state("l1")).isInstanceOf(OperationState.Claimed.class);
        assertThat(state("l2")).isInstanceOf(OperationState.Open.class);
    }
}
