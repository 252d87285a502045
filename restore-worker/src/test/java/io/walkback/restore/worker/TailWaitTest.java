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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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
    private final AtomicInteger waits = new AtomicInteger();

    TailWaitTest(@TempDir Path folder) throws Exception {
        backups = SmallRepository.in(folder);
        backups.commit("b1", 0);
        var lineage = backups.repository.current(SmallRepository.SHOP).orElseThrow();
        archive = lineage.wal();
        segment = new WalSegment(
                TimelineId.FIRST, 40, lineage.lineage().geometry().walSegmentSize());
    }

    @AfterEach
    void close() {
        backups.close();
    }

    private WalPiece piece(int from, int to) {
        return new WalPiece(segment, segment.start().plus(from), segment.start().plus(to));
    }

    private void await(Duration patience, RecoveryTarget target, Runnable meanwhile) throws InterruptedException {
        TailWait wait =
                new TailWait((_, _) -> Map.of(TimelineId.FIRST, piece(100, 200)), () -> backups.repository, patience);
        wait.await(SmallRepository.SHOP, target, new RestoreProgress() {
            @Override
            public void at(String phase, long done, @Nullable Long total, @Nullable Lsn lsn) {
                assertThat(phase).isEqualTo("waiting for the wal tail");
                assertThat(lsn).isEqualTo(segment.start().plus(200));
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
        archive.putPiece(piece(90, 220), new byte[130]);
        await(Duration.ZERO, new RecoveryTarget.Latest(), () -> {});
        assertThat(waits).hasValue(0);
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
}
