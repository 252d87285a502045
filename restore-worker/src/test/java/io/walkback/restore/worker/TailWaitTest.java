package io.walkback.restore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walkback.domain.FailureCode;
import io.walkback.domain.Lsn;
import io.walkback.domain.OperatorActionException;
import io.walkback.domain.TimelineId;
import io.walkback.domain.WalSegment;
import io.walkback.domain.operation.RecoveryTarget;
import io.walkback.repository.wal.WalArchive;
import io.walkback.repository.wal.WalPiece;
import io.walkback.restore.RestoreProgress;
import io.walkback.restore.SmallRepository;
import io.walkback.tail.TailReach;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// P6: what clients were told is safe is not left out of a restore.
@Timeout(60)
class TailWaitTest {
    private final SmallRepository backups;
    private final WalArchive archive;
    private final WalSegment segment;
    private TailReach tail;
    private final AtomicInteger waits = new AtomicInteger();

    TailWaitTest(@TempDir Path folder) throws Exception {
        backups = SmallRepository.in(folder);
        backups.commit("b1", 0);
        var lineage = backups.repository.current(SmallRepository.SHOP).orElseThrow();
        archive = lineage.wal();
        segment = new WalSegment(
                TimelineId.FIRST, 40, lineage.lineage().geometry().walSegmentSize());
        tail = new TailReach(segment, segment.start().plus(200));
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private WalPiece piece(int from, int to) {
        return new WalPiece(segment, segment.start().plus(from), segment.start().plus(to));
    }

    private void await(Duration patience, RecoveryTarget target, Runnable meanwhile) throws InterruptedException {
        TailWait wait = new TailWait((_, _) -> List.of(tail), () -> backups.repository, patience);
        wait.await(SmallRepository.SHOP, target, new RestoreProgress() {
            @Override
            public void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn) {
                assertThat(phase).isEqualTo("waiting for the wal tail");
                assertThat(lsn).isEqualTo(tail.to());
                waits.incrementAndGet();
                meanwhile.run();
            }

            @Override
            public void beforeOpening() {}
        });
    }

    @Test
    void aRestoreWaitsUntilTheRepositoryHasWhatTheTailHas() throws Exception {
        // Given
        archive.putPiece(piece(0, 150), new byte[150]);
        // When
        await(Duration.ofSeconds(30), new RecoveryTarget.Latest(), () -> {
            var _ = archive.putPiece(piece(150, 200), new byte[50]);
        });
        // Then
        assertThat(waits).hasValue(1);
    }

    @Test
    void nothingIsWaitedForWhereTheRepositoryHasIt() throws Exception {
        archive.putPiece(piece(0, 220), new byte[220]);
        await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {});
        assertThat(waits).hasValue(0);
    }

    @Test // the put of a segment may hang while pieces of the next one are stored
    void aSegmentThatIsStillOnItsWayIsWaitedForAlthoughTheEndOfTheTailIsThere() throws Exception {
        // Given
        WalSegment last = segment.next();
        tail = new TailReach(segment, last.start().plus(300));
        archive.putPiece(new WalPiece(last, last.start(), last.start().plus(300)), new byte[300]);
        archive.putPiece(piece(0, 150), new byte[150]);
        // Then
        assertThatThrownBy(() -> await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {}))
                .isInstanceOf(OperatorActionException.class)
                .hasMessageContaining("lacks some of segment " + segment);
        // When
        await(Duration.ofSeconds(30), new RecoveryTarget.Latest(), () -> {
            var _ = archive.putSegment(segment, new ByteArrayInputStream(new byte[segment.size()]), Optional.empty());
        });
        // Then
        assertThat(waits).hasValue(1);
    }

    @Test
    void aLongTailIsWaitedForAsLongAsMoreOfItIsBroughtOver() throws Exception {
        // Given
        WalSegment fourth = segment.next().next().next();
        tail = new TailReach(segment, fourth.end());
        WalSegment[] next = {segment};
        // When
        await(Duration.ofSeconds(1), new RecoveryTarget.Latest(), () -> {
            archive.putSegment(next[0], new ByteArrayInputStream(new byte[segment.size()]), Optional.empty());
            next[0] = next[0].next();
        });
        // Then
        assertThat(waits).hasValue(4);
    }

    @Test // pieces of all of a segment are no whole one: a restore would end with them
    void theLastSegmentOfATailIsTheOnlyOneOfWhichPiecesWillDo() {
        WalSegment last = segment.next();
        tail = new TailReach(segment, last.start().plus(300));
        archive.putPiece(new WalPiece(last, last.start(), last.start().plus(300)), new byte[300]);
        archive.putPiece(piece(0, segment.size()), new byte[segment.size()]);
        assertThatThrownBy(() -> await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {}))
                .isInstanceOf(OperatorActionException.class);
    }

    @Test
    void aHoleInThePiecesOfTheLastSegmentIsWaitedFor() {
        archive.putPiece(piece(0, 100), new byte[100]);
        archive.putPiece(piece(150, 200), new byte[50]);
        assertThatThrownBy(() -> await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {}))
                .isInstanceOf(OperatorActionException.class);
    }

    @Test
    void theNewestMomentIsRefusedWithoutItAndAnyOtherIsForThePlan() {
        assertThatThrownBy(() -> await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {}))
                .isInstanceOfSatisfying(OperatorActionException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
                    assertThat(refusal.text())
                            .contains(segment.start().plus(200).toString());
                });
        assertThatCode(() -> await(Duration.ZERO, new RecoveryTarget.Time(Instant.EPOCH), () -> {}))
                .doesNotThrowAnyException();
    }

    @Test // an account that may not look at tails must not fail restores that have nothing to do with the newest moment
    void aTailThatMustNotBeLookedAtFailsNoRestoreButOneToTheNewestMoment() {
        OperatorActionException forbidden =
                new OperatorActionException(FailureCode.TOPIC_MISCONFIGURED, "not authorized", "Let it describe.");
        TailWait wait = new TailWait(
                (_, _) -> {
                    throw forbidden;
                },
                () -> backups.repository,
                Duration.ZERO);
        RestoreProgress silent = (_, _, _, _) -> {};
        assertThatThrownBy(() -> wait.await(SmallRepository.SHOP, new RecoveryTarget.Latest(), silent))
                .isSameAs(forbidden);
        assertThatCode(() -> wait.await(SmallRepository.SHOP, new RecoveryTarget.Immediate(), silent))
                .doesNotThrowAnyException();
    }
}
